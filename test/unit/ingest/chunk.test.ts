import { describe, expect, it } from "vitest";
import { documentText, type Block } from "../../../engine/contract/document.ts";
import { chunk, type ChunkOptions } from "../../../engine/ingest/steps/chunk.ts";

/** A token per word or per other sign, long words in pieces of eight: near enough to a real tokenizer to test the arithmetic. */
const tokensOf = (text: string): number => (text.match(/[\p{L}\p{N}]{1,8}|[^\s\p{L}\p{N}]/gu) ?? []).length + 2;

const options = (over: Partial<ChunkOptions> = {}): ChunkOptions => ({ target: 30, maxTokens: 64, countTokens: (texts) => Promise.resolve(texts.map(tokensOf)), ...over });

type Draft = Omit<Block, "start" | "headingPath"> & { headingPath?: string[] };
function blocksOf(drafts: readonly Draft[]): Block[] {
  let start = 0;
  return drafts.map((draft) => {
    const block = { headingPath: [], ...draft, start };
    start += draft.text.length + 1;
    return block;
  });
}
const paragraph = (text: string, more: Partial<Draft> = {}): Draft => ({ kind: "paragraph", text, ...more });
const heading = (text: string, level: number, headingPath: string[] = [], more: Partial<Draft> = {}): Draft => ({ kind: "heading", text, level, headingPath, ...more });
const row = (text: string, at: number, name?: string): Draft => ({ kind: "table-row", text, table: { header: ["a"], cells: ["b"], row: at, ...(name ? { name } : {}) } });
const sentences = (n: number, word = "word"): string => Array.from({ length: n }, (_, i) => `Sentence ${i} has some ${word}s in it.`).join(" ");

/** What holds for every document, whatever its structure. */
async function check(blocks: readonly Block[], over: Partial<ChunkOptions> = {}) {
  const text = documentText(blocks);
  const chunks = await chunk(blocks, options(over));
  let at = 0;
  for (const piece of chunks) {
    expect(piece.text).toBe(text.slice(piece.start, piece.end));
    expect(piece.text).toBe(piece.text.trimEnd());
    expect(tokensOf(piece.embedded)).toBeLessThanOrEqual(over.maxTokens ?? 64);
    expect(text.slice(at, piece.start).trim()).toBe("");
    at = piece.end;
  }
  expect(text.slice(at).trim()).toBe("");
  return chunks;
}

describe("chunk", () => {
  it("cuts long prose at sentences, into passages of like length", async () => {
    const chunks = await check(blocksOf([paragraph(sentences(20))]));
    expect(chunks.length).toBeGreaterThan(3);
    for (const { text } of chunks) expect(text).toMatch(/^Sentence .*\.$/s);
    const tokens = chunks.map(({ text }) => tokensOf(text));
    expect(Math.min(...tokens)).toBeGreaterThan(Math.max(...tokens) / 2);
  });

  it("puts title and headings in front of what is embedded, and leaves them out of what is shown", async () => {
    const [piece] = await check(blocksOf([heading("Care", 2, ["Looms"]), paragraph(sentences(4), { headingPath: ["Looms", "Care"] })]), { title: "The Manual" });
    expect(piece).toMatchObject({ headingPath: ["Looms", "Care"] });
    expect(piece?.embedded).toBe(`The Manual\nLooms\n${piece?.text}`);
    expect(piece?.text).toMatch(/^Care\nSentence 0/);
    const [, second] = await check(blocksOf([heading("Care", 2, ["Looms"]), paragraph(sentences(12), { headingPath: ["Looms", "Care"] })]), { title: "The Manual" });
    expect(second?.embedded).toMatch(/^The Manual\nLooms\nCare\nSentence/);
  });

  it("gives the passage under a heading as much text as the next one: the heading stands for one in front", async () => {
    const under = blocksOf([heading(sentences(2, "headline"), 1), paragraph(sentences(8), { headingPath: [sentences(2, "headline")] })]);
    const bare = await check(blocksOf([paragraph(sentences(8))]), { maxTokens: 128, target: 30 });
    const [first, ...rest] = await check(under, { maxTokens: 128, target: 30 });
    expect([first?.text.split("\n")[1], ...rest.map(({ text }) => text)]).toEqual(bare.map(({ text }) => text));
  });

  it("embeds a title that is also the first heading once", async () => {
    const [first, second] = await check(blocksOf([heading("The Manual", 1), paragraph(sentences(12), { headingPath: ["The Manual"] })]), { title: "The Manual" });
    expect(first?.embedded).toMatch(/^The Manual\nSentence 0/);
    expect(second?.embedded).toMatch(/^The Manual\nSentence/);
  });

  it("starts a passage at a heading, and joins short sections of one parent", async () => {
    const long = await check(blocksOf([heading("A", 1), paragraph(sentences(4), { headingPath: ["A"] }), heading("B", 1), paragraph(sentences(4), { headingPath: ["B"] })]));
    expect(long.map(({ headingPath }) => headingPath)).toEqual([["A"], ["B"]]);
    const short = await check(blocksOf([heading("A", 1), heading("A1", 2, ["A"]), paragraph("One.", { headingPath: ["A", "A1"] }), heading("A2", 2, ["A"]), paragraph("Two.", { headingPath: ["A", "A2"] })]));
    expect(short).toHaveLength(1);
    expect(short[0]).toMatchObject({ headingPath: ["A"], text: "A\nA1\nOne.\nA2\nTwo." });
    const cousins = await check(blocksOf([paragraph("One.", { headingPath: ["A", "A1"] }), paragraph("Two.", { headingPath: ["B", "B1"] })]));
    expect(cousins).toHaveLength(2);
  });

  it("does not cross a page", async () => {
    const chunks = await check(blocksOf([paragraph("On page one.", { page: 1 }), paragraph("Also there.", { page: 1 }), paragraph("On page two.", { page: 2 })]));
    expect(chunks.map(({ page, text }) => [page, text])).toEqual([[1, "On page one.\nAlso there."], [2, "On page two."]]);
  });

  it("keeps rows whole, few together, tables apart", async () => {
    const rows = Array.from({ length: 9 }, (_, i) => row(`name: Loom ${i}, price: ${i}`, i + 1, "one"));
    const chunks = await check(blocksOf([paragraph("Before the table."), ...rows, row("name: Other, price: 1", 1, "two"), paragraph("After the table.")]));
    expect(chunks[0]?.text).toBe("Before the table.");
    expect(chunks.at(-1)?.text).toBe("After the table.");
    expect(chunks.at(-2)?.text).toBe("name: Other, price: 1");
    for (const { text } of chunks.slice(1, -2)) for (const line of text.split("\n")) expect(line).toMatch(/^name: Loom \d, price: \d$/);
  });

  it("cuts code at lines", async () => {
    const code = Array.from({ length: 30 }, (_, i) => `  const value${i} = compute(${i});`).join("\n");
    const chunks = await check(blocksOf([{ kind: "code", text: code }]));
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.map(({ text }) => text).join("\n")).toBe(code);
  });

  it("cuts what has no end at the limit, never inside a character", async () => {
    for (const monster of ["QmFzZTY0".repeat(400), "今日は雨".repeat(300), "word ".repeat(900), "👩‍🚀".repeat(300), `${"a,".repeat(700)}b`]) {
      const chunks = await check(blocksOf([paragraph(monster)])).catch((error: unknown) => { throw new Error(`${monster.slice(0, 12)}: ${String(error)}`); });
      expect(chunks.length).toBeGreaterThan(3);
      for (const { text } of chunks) expect(() => encodeURIComponent(text)).not.toThrow();
    }
  });

  it("does not let a monstrous heading or title crowd out the text", async () => {
    const chunks = await check(blocksOf([heading(sentences(40, "head"), 1), paragraph(sentences(5), { headingPath: [sentences(40, "head")] })]), { title: sentences(30, "title") });
    expect(chunks.at(-1)?.text).toContain("some words");
  });

  it("has nothing to say about nothing", async () => {
    expect(await check([])).toEqual([]);
    expect(await check(blocksOf([paragraph("  \n ")]))).toEqual([]);
  });

  it("asks for token counts once per document", async () => {
    let calls = 0;
    const countTokens = (texts: readonly string[]) => { calls++; return Promise.resolve(texts.map(tokensOf)); };
    await chunk(blocksOf(Array.from({ length: 200 }, (_, i) => paragraph(sentences(3), { page: i + 1 }))), options({ countTokens, maxTokens: 256 }));
    expect(calls).toBe(1);
  });
});
