import type { Element, Root, RootContent } from "hast";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import { describe, expect, test } from "vitest";
import type { AnswerSentence } from "../../../engine/contract/index.ts";
import { groupByDate } from "../../../renderer/chat/dates.ts";
import { newestLeaf, pathTo, siblingsOf } from "../../../renderer/chat/tree.ts";
import { rehypeMarkers, rehypeSentences } from "../../../renderer/markdown/sentences.ts";

/** Sentences given by their text, found in the answer in order; the cited ones carry one citation. */
function sentencesOf(text: string, parts: readonly { text: string; cited?: boolean }[]): AnswerSentence[] {
  let from = 0;
  return parts.map((part) => {
    const start = text.indexOf(part.text, from);
    if (start < 0) throw new Error(`“${part.text}” is not in the answer`);
    from = start + part.text.length;
    return { range: { start, end: from }, text: part.text, claim: true, supported: part.cited ?? false, flags: [], citations: part.cited ? [{ source: 1, range: { start: 0, end: 1 }, text: "x", support: 1, marked: true }] : [] };
  });
}

function treeOf(source: string, sentences?: AnswerSentence[]): Root {
  const processor = unified().use(remarkParse).use(remarkGfm).use(remarkMath).use(remarkRehype);
  const tree = processor.runSync(processor.parse(source)) as Root;
  if (sentences) rehypeSentences({ source, sentences })(tree);
  else rehypeMarkers()(tree);
  return tree;
}

const textOf = (node: Root | RootContent): string => (node.type === "text" ? node.value : "children" in node ? node.children.map((child) => textOf(child)).join("") : "");
function elements(node: Root | Element, tag: string): Element[] {
  return node.children.flatMap((child) => (child.type === "element" ? [...(child.tagName === tag ? [child] : []), ...elements(child, tag)] : []));
}
/** What each sentence's spans say, joined. */
function spans(tree: Root): string[] {
  const all: string[] = [];
  for (const span of elements(tree, "span")) {
    const index = Number(span.properties.dataSentence);
    all[index] = (all[index] ?? "") + textOf(span);
  }
  return all;
}
const chips = (tree: Root): number[] => elements(tree, "cite").map((cite) => Number(cite.properties.dataSentence));

describe("sentences in Markdown", () => {
  test("plain prose: spans are the sentences, marks are gone, chips stand behind their sentence", () => {
    const source = "Barman lies high [1]. Wilsek makes pianos. [2] Nobody knows why.";
    const tree = treeOf(source, sentencesOf(source, [{ text: "Barman lies high [1].", cited: true }, { text: "Wilsek makes pianos. [2]", cited: true }, { text: "Nobody knows why." }]));
    expect(spans(tree)).toEqual(["Barman lies high.", "Wilsek makes pianos.", "Nobody knows why."]);
    expect(chips(tree)).toEqual([0, 1]);
    const [paragraph] = elements(tree, "p");
    expect(paragraph?.children.map((child) => (child.type === "element" ? child.tagName : textOf(child)))).toEqual(["span", "cite", " ", "span", "cite", " ", "span"]);
  });

  test("without sources what stands between brackets is no mark", () => {
    const source = "The interval is [1, 2].";
    const tree = unified().use(remarkParse).use(remarkRehype).runSync(unified().use(remarkParse).parse(source)) as Root;
    rehypeSentences({ source, sentences: sentencesOf(source, [{ text: source }]), marks: false })(tree);
    expect(spans(tree)).toEqual([source]);
  });

  test("emphasis, code, escapes and entities do not shift anything", () => {
    const source = "The **old road** uses `a[1]` &amp; 2\\*3 *today*. Next one [1].";
    const tree = treeOf(source, sentencesOf(source, [{ text: "The **old road** uses `a[1]` &amp; 2\\*3 *today*.", cited: true }, { text: "Next one [1].", cited: true }]));
    expect(spans(tree)).toEqual(["The old road uses  & 2*3 today.", "Next one."]);
    expect(textOf(tree)).toContain("a[1]");
    expect(chips(tree)).toEqual([0, 1]);
  });

  test("lists and tables: each item and cell belongs to its sentence, the chip comes last", () => {
    const source = "- First item [1]\n- Second item\n\n| Town | Height |\n| --- | --- |\n| Barman | 812 m [1] |\n";
    const tree = treeOf(source, sentencesOf(source, [{ text: "First item [1]", cited: true }, { text: "Second item" }, { text: "| Barman | 812 m [1] |", cited: true }]));
    expect(spans(tree)).toEqual(["First item", "Second item", "Barman812 m"]);
    expect(chips(tree)).toEqual([0, 2]);
    expect(elements(elements(tree, "td")[1] as Element, "cite")).toHaveLength(1);
  });

  test("letters outside the basic plane and bare addresses keep their place", () => {
    const source = "Signs 𝔄𝔅 and 🙂 stand here [1]. See https://example.org/a for more. Done [1].";
    const tree = treeOf(source, sentencesOf(source, [{ text: "Signs 𝔄𝔅 and 🙂 stand here [1].", cited: true }, { text: "See https://example.org/a for more." }, { text: "Done [1].", cited: true }]));
    expect(spans(tree)).toEqual(["Signs 𝔄𝔅 and 🙂 stand here.", "See https://example.org/a for more.", "Done."]);
    expect(chips(tree)).toEqual([0, 2]);
  });

  test("while it is written, marks become chips where they stand; links and code are left alone", () => {
    const tree = treeOf("One [1]. Two [2, 3]. [1](https://example.org) and `[4]`");
    expect(elements(tree, "cite").map((cite) => cite.properties.dataNumber)).toEqual([1, 2, 3]);
    expect(textOf(tree)).toBe("One. Two. 1 and [4]");
  });
});

describe("the conversation's tree", () => {
  const user = (id: string, parentId: string | null) => ({ id, parentId, role: "user" as const, text: id, created: "2026-01-01T00:00:00Z" });
  const tree = [user("a", null), user("b", "a"), user("c", "b"), user("b2", "a"), user("d", "b2"), user("e", "d")];
  test("the path leads from the beginning to the head, and a loop ends it", () => {
    expect(pathTo(tree, "e").map((message) => message.id)).toEqual(["a", "b2", "d", "e"]);
    expect(pathTo([user("x", "y"), user("y", "x")], "x").map((message) => message.id)).toEqual(["y", "x"]);
    expect(pathTo(tree, null)).toEqual([]);
  });
  test("versions share parent and role; choosing one lands on its newest leaf", () => {
    expect(siblingsOf(tree, user("b", "a")).map((message) => message.id)).toEqual(["b", "b2"]);
    expect(newestLeaf(tree, "b2")).toBe("e");
    expect(newestLeaf(tree, "a")).toBe("e");
  });
});

test("conversations are grouped under the names of their days", () => {
  const at = (updated: string) => ({ id: updated, title: updated, created: updated, updated, messages: 1 });
  const now = new Date(2026, 4, 20, 12);
  const days = [0, 1, 3, 15, 200].map((back) => at(new Date(2026, 4, 20 - back, 9).toISOString()));
  expect(groupByDate(days, now).flatMap((row) => (row.kind === "group" ? [row.name] : []))).toEqual(["Today", "Yesterday", "Last 7 days", "Last 30 days", "November 2025"]);
});
