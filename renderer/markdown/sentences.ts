import type { Element, ElementContent, Root, RootContent, Text } from "hast";
import type { AnswerSentence } from "../../engine/contract/index.ts";

/** Marks as models write them ([1], [1, 2], [source 3], 【1】); the same pattern as the engine's. */
const marker = /[ \u00a0]?(?<!\\)[[【](?:sources?\s*)?(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)[\]】](?!\()/giu;

interface Piece { readonly node: Text; readonly sentence: number }
interface Walk { readonly source: string; readonly sentences: readonly AnswerSentence[]; readonly marks: boolean; cursor: number; last: Map<number, { parent: Element | Root; node: ElementContent }> }

/**
 * Ties an answer's Markdown back to its sentences. Each stretch of text becomes `<span data-sentence="i">`, and behind the last stretch of a
 * sentence that has citations stands `<cite data-sentence="i">`, which the answer turns into chips. The model's own marks go, but where there
 * are no sources (`marks` false): there "[1, 2]" is what the answer says.
 * Ranges count in the answer's text, so the text nodes are found in it again: by their position where the parser kept it, else by searching on.
 */
export function rehypeSentences({ source, sentences, marks = true }: { source: string; sentences: readonly AnswerSentence[]; marks?: boolean }) {
  return (tree: Root): void => {
    const walk: Walk = { source, sentences, marks, cursor: 0, last: new Map() };
    visit(tree, walk);
    for (const [index, { parent, node }] of walk.last) {
      const sentence = sentences[index];
      if (!sentence || (sentence.citations.length === 0 && sentence.flags.length === 0)) continue;
      const chip: Element = { type: "element", tagName: "cite", properties: { dataSentence: index }, children: [] };
      parent.children.splice(parent.children.indexOf(node) + 1, 0, chip);
    }
  };
}

/** While the answer is still being written there are no sentences: the model's marks become chips where they stand. */
export function rehypeMarkers() {
  return (tree: Root): void => replaceMarkers(tree);
}

function visit(parent: Root | Element, walk: Walk): void {
  const children: (RootContent | ElementContent)[] = [];
  for (const child of parent.children) {
    if (child.type === "text" && child.value.trim()) children.push(...split(child, walk).map((piece) => wrap(piece, parent, walk)));
    else {
      if (child.type === "element") {
        if (isAtom(child)) claim(child, parent, walk);
        else visit(child, walk);
      }
      children.push(child);
    }
  }
  parent.children = children as typeof parent.children;
}

/** Code and formulas are not taken apart; they belong to the sentence they begin in. */
const isAtom = (element: Element): boolean => element.tagName === "code" || element.tagName === "pre" || element.tagName === "img";

function claim(element: Element, parent: Root | Element, walk: Walk): void {
  const start = element.position?.start.offset;
  if (start === undefined) return;
  walk.cursor = Math.max(walk.cursor, element.position?.end.offset ?? start);
  const index = sentenceAt(walk.sentences, start);
  if (index >= 0) walk.last.set(index, { parent, node: element });
}

function wrap({ node, sentence }: Piece, parent: Root | Element, walk: Walk): ElementContent {
  if (walk.marks) node.value = node.value.replace(marker, "");
  if (sentence < 0 || !node.value) return node;
  const span: Element = { type: "element", tagName: "span", properties: { dataSentence: sentence }, children: [node] };
  walk.last.set(sentence, { parent, node: span });
  return span;
}

/** Cuts a text node where one sentence ends and the next begins. */
function split(node: Text, walk: Walk): Piece[] {
  const offsets = align(node, walk);
  const pieces: Piece[] = [];
  let from = 0;
  let current = sentenceAt(walk.sentences, offsets[0] ?? 0);
  for (let index = 1; index <= node.value.length; index++) {
    const offset = offsets[index];
    const next = index < node.value.length && offset !== undefined ? sentenceAt(walk.sentences, offset) : Number.NaN;
    if (next === current) continue;
    pieces.push({ node: { type: "text", value: node.value.slice(from, index) }, sentence: current });
    from = index;
    current = next;
  }
  return pieces;
}

/** For each letter of a text node, where it stands in the answer's text: escapes and entities make the two differ. */
function align(node: Text, walk: Walk): number[] {
  const known = node.position?.start.offset;
  const found = known ?? walk.source.indexOf(node.value.trimStart().slice(0, 24), walk.cursor);
  let at = found < 0 ? walk.cursor : found;
  const offsets: number[] = [];
  for (const unit of node.value.split("")) {
    const next = walk.source.indexOf(unit, at);
    if (next >= 0 && next - at <= 12) at = next;
    offsets.push(at);
    if (next >= 0 && next - at <= 12) at++;
  }
  walk.cursor = Math.max(walk.cursor, at);
  return offsets;
}

function sentenceAt(sentences: readonly AnswerSentence[], offset: number): number {
  return sentences.findIndex(({ range }) => offset >= range.start && offset < range.end);
}

function replaceMarkers(parent: Root | Element): void {
  parent.children = parent.children.flatMap((child): RootContent[] => {
    if (child.type === "element" && !isAtom(child)) replaceMarkers(child);
    if (child.type !== "text") return [child];
    const parts: ElementContent[] = [];
    let from = 0;
    for (const match of child.value.matchAll(marker)) {
      parts.push({ type: "text", value: child.value.slice(from, match.index) });
      for (const number of (match[1] ?? "").split(/[,;]/)) parts.push({ type: "element", tagName: "cite", properties: { dataNumber: Number(number.trim()) }, children: [] });
      from = match.index + match[0].length;
    }
    parts.push({ type: "text", value: child.value.slice(from) });
    return parts;
  }) as typeof parent.children;
}
