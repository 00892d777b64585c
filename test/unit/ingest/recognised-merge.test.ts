import { describe, expect, it } from "vitest";
import { confidenceOf, documentText, type Extraction, type Rect } from "../../../engine/contract/document.ts";
import { withRecognised } from "../../../engine/ingest/recognise/merge.ts";
import { nextRecognition } from "../../../engine/ingest/recognise/record.ts";
import { paragraphsOf } from "../../../engine/workers/ocr/layout.ts";
import { assertSound } from "../../fixtures/documents/read.ts";

const word = (text: string, rect: Rect, confidence = 0.9) => ({ text, confidence, rect });
const extraction: Extraction = {
  format: "pdf", mediaType: "application/pdf",
  blocks: [
    { kind: "heading", text: "Ledger", start: 0, headingPath: [], page: 1, level: 1 },
    { kind: "paragraph", text: "Stamp", start: 7, headingPath: ["Ledger"], page: 2 },
    { kind: "paragraph", text: "Last page.", start: 13, headingPath: ["Ledger"], page: 4 },
  ],
  runs: [{ start: 0, end: 6, page: 1, rect: [10, 10, 60, 12] }, { start: 7, end: 12, page: 2, rect: [10, 700, 40, 10] }, { start: 13, end: 17, page: 4, rect: [10, 10, 20, 10] }],
  pages: [1, 2, 3, 4].map((page) => ({ page, width: 600, height: 800, hasText: page !== 3 })),
  warnings: [{ code: "no-text-layer", message: "Page 3 has no text layer.", page: 3 }],
  pictures: [{ page: 2 }, { page: 3 }, { part: "word/media/image1.png" }],
};

describe("recognised text in an extraction", () => {
  const merged = withRecognised(extraction, [
    { picture: { page: 2 }, recognised: { seconds: 1, paragraphs: [[[word("Stamp", [12, 701, 36, 9]), word("Granite", [10, 100, 50, 10])]]] } },
    { picture: { page: 3 }, recognised: { seconds: 1, paragraphs: [[[word("quar-", [10, 100, 30, 10], 0.8)], [word("ried", [10, 115, 20, 10], 0.6), word("here.", [40, 115, 30, 10], 0.7)]]] } },
    { picture: { part: "word/media/image1.png" }, recognised: { seconds: 1, paragraphs: [[[word("Legend", [0, 0, 9, 9])]]] } },
  ]);

  it("stands behind its page's text, without what the text layer holds, and every offset counts anew", () => {
    assertSound(merged);
    expect(merged.blocks.map(({ text, page, headingPath }) => [text, page, headingPath])).toEqual([
      ["Ledger", 1, []], ["Stamp", 2, ["Ledger"]], ["Granite", 2, ["Ledger"]], ["quarried here.", 3, ["Ledger"]], ["Last page.", 4, ["Ledger"]], ["Legend", undefined, ["Ledger"]],
    ]);
    const text = documentText(merged.blocks);
    expect(merged.runs.map(({ start, end, page }) => [text.slice(start, end), page])).toEqual([["Ledger", 1], ["Stamp", 2], ["Granite", 2], ["quar", 3], ["ried", 3], ["here.", 3], ["Last", 4]]);
    expect(merged.pages.map(({ hasText }) => hasText)).toEqual([true, true, true, true]);
    expect(merged.warnings).toEqual([]);
  });

  it("stands at the picture's place where the file has no pages, and at the end where none is known", () => {
    const letter: Extraction = { ...extraction, runs: [], pages: [], warnings: [], blocks: extraction.blocks.map(({ page: _, ...block }) => block) };
    const of = (text: string, after?: number) => ({ picture: { part: text, ...(after === undefined ? {} : { after }) }, recognised: { seconds: 1, paragraphs: [[[word(text, [0, 0, 9, 9])]]] } });
    const placed = withRecognised(letter, [of("Photo", 1), of("Caption", 1), of("Seal", 2), of("Crest", 0), of("Beyond", 9), of("Earlier")]);
    assertSound(placed);
    expect(placed.blocks.map(({ text, headingPath }) => [text, headingPath.length])).toEqual([["Crest", 0], ["Ledger", 0], ["Photo", 1], ["Caption", 1], ["Stamp", 1], ["Seal", 1], ["Last page.", 1], ["Beyond", 1], ["Earlier", 1]]);
  });

  it("sets no spaces into Chinese and Japanese, which are recognised a few characters at a time", () => {
    const of = (...texts: string[]) => withRecognised({ ...extraction, pictures: [{ page: 3 }] }, [{ picture: { page: 3 }, recognised: { seconds: 1, paragraphs: [[texts.map((text, i) => word(text, [10 + i * 20, 100, 18, 10]))]] } }]);
    const chinese = of("通知", "期", "为", "九十", "天", "，", "见", "RFC", "2119", "第", "三", "章", "。");
    assertSound(chinese);
    const block = chinese.blocks.find(({ page }) => page === 3);
    expect(block?.text).toBe("通知期为九十天，见 RFC 2119 第三章。");
    const text = documentText(chinese.blocks);
    expect(chinese.runs.filter(({ page }) => page === 3).map(({ start, end }) => text.slice(start, end))).toEqual(["通知", "期", "为", "九十", "天", "，", "见", "RFC", "2119", "第", "三", "章", "。"]);
    expect(of("통지", "기간은", "90일").blocks.find(({ page }) => page === 3)?.text).toBe("통지 기간은 90일");
  });

  it("keeps how sure it is, and says which picture could not be read", () => {
    expect(merged.blocks[3]?.recognised).toEqual({ confidence: 0.7 });
    expect(confidenceOf(merged.blocks)).toBeCloseTo((0.9 * 7 + 0.7 * 14 + 0.9 * 6) / 27, 3);
    const unsure = merged.blocks.find(({ recognised }) => recognised?.confidence === 0.7);
    const within = { start: unsure?.start ?? 0, end: (unsure?.start ?? 0) + (unsure?.text.length ?? 0) };
    expect(confidenceOf(merged.blocks, within)).toBe(0.7);
    expect(confidenceOf(merged.blocks.filter(({ recognised }) => !recognised))).toBeUndefined();
    const failed = withRecognised(extraction, [{ picture: { page: 3 }, recognised: { seconds: 1, paragraphs: [], failed: "It is damaged." } }]);
    expect(failed.warnings.map(({ message }) => message)).toEqual(["Page 3 has no text layer.", "The text in the picture of page 3 could not be recognised: It is damaged."]);
    expect(failed.pages[2]?.hasText).toBe(false);
  });

  it("keeps a person's word until all is done", () => {
    expect(nextRecognition(undefined, { pictures: 3, done: 1 }, "auto")?.state).toBe("waiting");
    expect(nextRecognition(undefined, { pictures: 3, done: 1 }, "ask")?.state).toBe("ask");
    expect(nextRecognition({ state: "agreed", pictures: 0, done: 0 }, { pictures: 3, done: 1 }, "ask")?.state).toBe("agreed");
    expect(nextRecognition({ state: "skipped", pictures: 3, done: 0 }, { pictures: 3, done: 1 }, "auto")?.state).toBe("skipped");
    expect(nextRecognition({ state: "agreed", pictures: 3, done: 2 }, { pictures: 3, done: 3 }, "ask")?.state).toBe("done");
  });
});

describe("what Tesseract finds", () => {
  const block = (words: { text: string; confidence: number; bbox: { x0: number; y0: number; x1: number; y1: number } }[]) => [{ paragraphs: [{ lines: [{ words }] }] }] as unknown as Parameters<typeof paragraphsOf>[0]["blocks"];
  const bbox = { x0: 101, y0: 274, x1: 160, y1: 300 };

  it("is laid back onto a picture that leans", () => {
    const [paragraph] = paragraphsOf({ blocks: block([{ text: "The", confidence: 96, bbox }]), rotateRadians: (-4 * Math.PI) / 180, width: 1700, height: 1000 });
    const [x = 0, y = 0, width = 0, height = 0] = paragraph?.lines[0]?.[0]?.box ?? [];
    // Drawn at (100, 300) and turned by 4 degrees clockwise around the middle, the word's foot is at (116, 248).
    expect([Math.abs(x - 117) < 4, Math.abs(y + height - 250) < 4, width, height]).toEqual([true, true, 59, 26]);
  });

  it("is normalised like the text of every document", () => {
    const said = (text: string) => paragraphsOf({ blocks: block([{ text, confidence: 96, bbox }]), rotateRadians: 0, width: 1000, height: 1000 })[0]?.lines[0]?.[0]?.text;
    expect(["\u200fשלום\u200e", "ﬁsh", "x²", "ＡＢ，", "cafe\u0301"].map(said)).toEqual(["שלום", "fish", "x²", "ＡＢ，", "café"]);
  });

  it("loses stains and photographs, and keeps uncertain words among certain ones", () => {
    const of = (...confidences: number[]) => paragraphsOf({ blocks: block(confidences.map((confidence, i) => ({ text: `w${i}`, confidence, bbox }))), rotateRadians: 0, width: 100, height: 100 });
    expect(of(30, 35, 40)).toEqual([]);
    expect(of(95, 50, 90)[0]?.lines[0]).toHaveLength(3);
    expect(of(95, 10, 90)[0]?.lines[0]).toHaveLength(2);
  });
});
