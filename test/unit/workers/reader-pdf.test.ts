import { createCanvas, loadImage } from "@napi-rs/canvas";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentText, type Extraction } from "../../../engine/contract/document.ts";
import type { ReaderEvent } from "../../../engine/workers/reader/contract.ts";
import { annotationTexts } from "../../../engine/workers/reader/formats/pdf/annotations.ts";
import { renderPage } from "../../../engine/workers/reader/render.ts";
import { pdf, type PdfPage } from "../../fixtures/documents/build.ts";
import { extracted, refused, shapeOf } from "../../fixtures/documents/read.ts";

const lines = (texts: string[], { x = 40, y = 500, size = 10, leading = 12 } = {}): PdfPage["text"] => texts.map((text, i) => ({ x, y: y - i * leading, size, text }));
const wrapped = ["The harbour master keeps the tide tables in a green ledger beside the win-", "dow of the old mill. It is read aloud every spring, slowly, to whoever comes to the", "river by boat."];

describe("the text of a PDF", () => {
  it("joins lines to paragraphs and hyphenated words, and finds headings by size", async () => {
    const page: PdfPage = { text: [...lines(["Permits"], { y: 560, size: 18 }), ...lines(wrapped), ...lines(["A second paragraph stands apart and is", "not joined to the first."], { y: 440 })] };
    const result = await extracted("p.pdf", pdf([page], { info: "/Title (Microsoft Word - permits.doc) /CreationDate (D:20240315054500Z)" }));
    expect(shapeOf(result)).toEqual([
      "heading1: Permits",
      "paragraph: The harbour master keeps the tide tables in a green ledger beside the window of the old mill. It is read aloud every spring, slowly, to whoever comes to the river by boat.",
      "paragraph: A second paragraph stands apart and is not joined to the first.",
    ]);
    expect(result).toMatchObject({ title: "Permits", created: "2024-03-15T05:45:00.000Z", pages: [{ page: 1, width: 400, height: 600, hasText: true }] });
  });

  it("reads columns one after the other, table rows as lines, a late title first", async () => {
    const page: PdfPage = {
      text: [
        ...lines(["Left column begins and goes", "on to its end here."], { x: 40, y: 500 }), ...lines(["Right column begins later", "and ends, too."], { x: 220, y: 500 }),
        { x: 40, y: 300, size: 10, text: "Loom" }, { x: 200, y: 300, size: 10, text: "727" }, { x: 40, y: 288, size: 10, text: "Scale" }, { x: 200, y: 288, size: 10, text: "297" },
        { x: 120, y: 560, size: 20, text: "Drawn last" },
      ],
    };
    expect(shapeOf(await extracted("c.pdf", pdf([page])))).toEqual([
      "heading1: Drawn last", "paragraph: Left column begins and goes on to its end here.", "paragraph: Right column begins later and ends, too.", "paragraph: Loom 727", "paragraph: Scale 297",
    ]);
  });

  it("keeps the items of a list apart, and a footnote behind the text of its page", async () => {
    const page: PdfPage = {
      text: [
        ...lines(["Before the ferry leaves the master checks the following points and signs", "for each of them in the ledger:"], { y: 540 }),
        ...lines(["1. the ropes at the bow and at the stern, which must be dry", "and free of knots;"], { x: 52, y: 505 }), ...lines(["2. the lamps on both sides;"], { x: 52, y: 481 }), ...lines(["3. the bell, which is rung twice.1"], { x: 52, y: 469 }),
        ...lines(["No ferry leaves after the last bell of the evening, whoever may be waiting at the", "landing and whatever they may offer."], { y: 440 }),
        ...lines(["1 Since the winter of the great fog the bell has been rung three times."], { y: 60, size: 7 }),
      ],
    };
    expect(shapeOf(await extracted("l.pdf", pdf([page])))).toEqual([
      "paragraph: Before the ferry leaves the master checks the following points and signs for each of them in the ledger:",
      expect.stringMatching(/^(list-item|paragraph): 1\. the ropes at the bow and at the stern, which must be dry and free of knots;$/),
      expect.stringMatching(/^(list-item|paragraph): 2\. the lamps on both sides;$/), expect.stringMatching(/^(list-item|paragraph): 3\. the bell, which is rung twice\.1$/),
      "paragraph: No ferry leaves after the last bell of the evening, whoever may be waiting at the landing and whatever they may offer.",
      expect.stringMatching(/^(footnote|paragraph): 1 Since the winter of the great fog the bell has been rung three times\.$/),
    ]);
  });

  it("takes headings from the outline, also where the page does not print them", async () => {
    const pages = [{ text: lines(["1 Beginnings", "Some words stand here under it."]) }, { text: lines(["Other words without any title."]) }];
    const result = await extracted("o.pdf", pdf(pages, { outline: [{ title: "Beginnings", page: 1, top: 510 }, { title: "Afterword", page: 2, top: 520 }] }));
    expect(shapeOf(result)).toEqual(["heading1: 1 Beginnings", "paragraph: Some words stand here under it.", "heading1: Afterword", "paragraph: Other words without any title."]);
  });

  it("leaves out page numbers and repeated heads, but not the first letterhead", async () => {
    const pages = [1, 2, 3, 4].map((n) => ({ text: [...lines(["Mill & Sons"], { y: 585 }), ...lines([`What page ${"one two three four".split(" ")[n - 1]} says.`]), ...lines([`Page ${n} of 4`], { y: 15 })] }));
    expect(shapeOf(await extracted("h.pdf", pdf(pages)))).toEqual(["paragraph: Mill & Sons", "paragraph: What page one says.", "paragraph: What page two says.", "paragraph: What page three says.", "paragraph: What page four says."]);
  });

  it("reports progress by page and pages without text", async () => {
    const events: ReaderEvent[] = [];
    const result = await extracted("e.pdf", pdf([{ text: lines(["words"]) }, { text: [] }]), { onEvent: (event) => events.push(event) });
    expect(result.pages.map((page) => page.hasText)).toEqual([true, false]);
    expect(result.warnings).toEqual([{ code: "no-text-layer", message: "Page 2 has no text layer.", page: 2 }]);
    expect(events.filter((event) => event.type === "progress").at(-1)).toEqual({ type: "progress", done: 2, total: 2, unit: "pages" });
    expect(await refused("n.pdf", pdf([{ text: [] }, { text: [] }]))).toMatchObject({ code: "no-text-layer", message: expect.stringContaining("None of the 2 pages"), next: expect.any(String) });
  });
});

describe("what is and is no PDF", () => {
  it("is told by more than its name in a text", async () => {
    const source = "// Files that begin with %PDF- are pages.\nexport const isPdf = (text: string) => text.includes(\"%PDF-\");\n";
    expect((await extracted("pdf.ts", source)).format).toBe("code");
    expect((await extracted("notes.md", "# Formats\n\nA page file begins with %PDF-1.7 and a number.\n")).format).toBe("markdown");
    expect((await extracted("junk.pdf", Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), pdf([{ text: lines(["words"]) }])]))).format).toBe("pdf");
  });

  it("leaves out what a form keeps for itself, where nobody sees it", () => {
    const field = (fieldName: string, more: object) => ({ subtype: "Widget", fieldType: "Tx", fieldName, fieldValue: "7", ...more });
    const viewport = {} as Parameters<typeof annotationTexts>[1];
    expect(annotationTexts([field("boats", {}), field("state", { hidden: true })], viewport)).toEqual([{ text: "boats: 7" }]);
  });

  it("says that pages were left out, also where running heads made the difference", async () => {
    const pages = Array.from({ length: 6 }, (_, n) => ({ text: [...lines(["The quarterly ledger of the harbour"], { y: 585 }), ...lines([`Line ${n}.`])] }));
    const { warnings } = await extracted("long.pdf", pdf(pages), { limits: { maxCharacters: 150 } });
    expect(warnings).toEqual([{ code: "truncated", message: "The document is longer than 150 characters; its last 2 pages were left out." }]);
  });
});

describe("scripts that are not written like English", () => {
  const at = (x: number, text: string, y = 500) => ({ x, y, size: 10, text });
  const one = async (text: PdfPage["text"], letters: string) => {
    const result = await extracted("s.pdf", pdf([{ text }], { letters }));
    return { result, text: documentText(result.blocks) };
  };

  it.each([["in one go", [at(200, "15 fed cba")]], ["word by word from the left", [at(200, "15"), at(216, "fed"), at(236, "cba")]], ["word by word as it is read", [at(236, "cba"), at(216, "fed"), at(200, "15")]]])("Hebrew drawn %s is read from the right", async (_, drawn) => {
    const { text, result } = await one(drawn, "אבגדהו");
    expect(text).toBe("אבג דהו 15");
    const left = (word: string) => result.runs.find(({ start, end }) => text.slice(start, end) === word)?.rect[0] ?? NaN;
    expect(left("אבג")).toBeGreaterThan(left("דהו"));
    expect(left("דהו")).toBeGreaterThan(left("15"));
  });

  it("short Hebrew lines that end early stay apart, and wrapped ones are joined", async () => {
    const widths: Record<string, number> = { a: 5.56, b: 5.56, c: 5, d: 5.56, e: 5.56, f: 2.78, " ": 2.78 }; // Helvetica's, at 10 points
    const set = (texts: string[], y: number) => texts.map((text, i) => ({ x: 340 - [...text].reduce((sum, letter) => sum + (widths[letter] ?? 0), 0), y: y - i * 12, size: 10, text }));
    const wide = "dcba fedc dcba fedc dcba fedc dcba fedc";
    const spoken = "גדהו אבגד גדהו אבגד גדהו אבגד גדהו אבגד";
    const { result } = await one([...set(["fedc dcba", "dcba", wide, wide, "dcba fedc dcba"], 500), ...set(["dcba", "fedc", "fedc fedc fedc"], 300)], "אבגדהו");
    expect(result.blocks.map(({ text }) => text)).toEqual(["אבגד גדהו", "אבגד", `${spoken} ${spoken} אבגד גדהו אבגד`, "אבגד", "גדהו", "גדהו גדהו גדהו"]);
  });

  it("Latin words in a Hebrew line keep their own order", async () => {
    const drawn = [at(140, "ba"), at(170, "fed"), at(200, "UX"), at(220, "7"), at(232, "WZ"), at(280, "cba"), at(310, "fe")];
    expect((await one(drawn, "אבגדהו")).text).toBe("הו אבג UX 7 WZ דהו אב");
  });

  it("Arabic letters that were stored in their joined forms are the letters people search for", async () => {
    // The presentation forms of ك ت ا ب, as old programs wrote them; drawn from the left.
    expect((await one([at(200, "dcba")], "\uFEDB\uFE98\uFE8E\uFE8F")).text).toBe("كتاب");
  });

  it("Japanese goes on in the next line without a space", async () => {
    expect((await one([at(40, "abcdef"), at(40, "gh", 488)], "東京都の人口は多い")).text).toBe("東京都の人口は多");
  });

  it("ligatures of the font are read as their letters", async () => {
    expect((await one([at(40, "a bcd")], "ﬁﬂﬃx")).text).toBe("fi flffix");
  });
});

describe("where the words are", () => {
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "lorekeep-render-")); });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([0, 90, 180, 270])("the rectangles cover the drawn words, and nothing else is drawn, on a page turned by %i degrees", async (rotate) => {
    const bytes = pdf([{ rotate, text: [...lines(["Large Title"], { y: 540, size: 24 }), ...lines(wrapped)] }]);
    const path = join(folder, `turned-${rotate}.pdf`);
    await writeFile(path, bytes);
    const result = await extracted("t.pdf", bytes);
    const image = await renderPage({ path, page: 1, width: 1000 }, new AbortController().signal);
    const ink = await inkOf(image.png);
    const scale = image.width / (result.pages[0]?.width ?? 0);
    expect(image.height).toBe(Math.round((result.pages[0]?.height ?? 0) * scale));
    const boxes = result.runs.map(({ rect }) => rect.map((value) => value * scale) as [number, number, number, number]);
    for (const [x, y, width, height] of boxes) expect(ink.inside([x, y, width, height])).toBeGreaterThan(20);
    const covered = ink.all.filter(([px, py]) => boxes.some(([x, y, width, height]) => px >= x - 3 && px <= x + width + 3 && py >= y - 3 && py <= y + height + 3)).length;
    expect(covered / ink.all.length).toBeGreaterThan(0.99);
    expect(wordAt(result, 0)).toBe("Large");
  });

  it("says what is wrong with a request", async () => {
    const path = join(folder, "one.pdf");
    await writeFile(path, pdf([{ text: lines(["x"]) }]));
    const signal = new AbortController().signal;
    await expect(renderPage({ path, page: 9, width: 100 }, signal)).rejects.toMatchObject({ code: "NOT_FOUND", details: { field: "page" } });
    await expect(renderPage({ path: join(folder, "none.pdf"), page: 1, width: 100 }, signal)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await writeFile(path, "no pdf");
    await expect(renderPage({ path, page: 1, width: 100 }, signal)).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});

const wordAt = (result: Extraction, i: number) => documentText(result.blocks).slice(result.runs[i]?.start, result.runs[i]?.end);

/** The dark pixels of a picture. */
async function inkOf(png: string): Promise<{ all: [number, number][]; inside: (box: [number, number, number, number]) => number }> {
  const image = await loadImage(Buffer.from(png, "base64"));
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const all: [number, number][] = [];
  for (let y = 0; y < image.height; y++) for (let x = 0; x < image.width; x++) if ((data[(y * image.width + x) * 4] ?? 255) < 128) all.push([x, y]);
  return { all, inside: ([x, y, width, height]) => all.filter(([px, py]) => px >= x && px <= x + width && py >= y && py <= y + height).length };
}
