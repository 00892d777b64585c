import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Canvas } from "@napi-rs/canvas";
import { describe, expect, it } from "vitest";
import { blockEngine } from "../block-engine.ts";
import { docx, odt, pptx, shape, wp } from "../fixtures/documents/build.ts";
import { docxWith, odtFrame, odtWith, slidePicture, strip, tiff, turnedBy, wDrawing, withMembers, workbookWith } from "../pictures.ts";
import { baselineOf, LEFT, PAGE, scannedPdf, scanOf } from "../scanned.ts";
import { call, openWorld, removeFolder, temporaryFolder, write } from "./library-harness.ts";

const LINES = ["The ferry to Brask leaves the pier at noon every day.", "Granite from the western slope paved the market square.", "Nobody has painted the lighthouse since the great storm."];

describe("text recognition of pictures of every kind, through the whole engine", () => {
  const engine = blockEngine(({ client }) => client.settings.update({ ingest: { ocrLanguages: ["eng"] } }));
  const textOf = async (id: string) => (await engine.client.documents.content({ id })).blocks.map(({ text }) => text).join("\n");
  const png = (canvas: Canvas) => canvas.encode("png");
  const inside = "Nineteen barrels of herring were landed at dawn.";

  it("reads every page of a TIFF, and shows each as its page", async () => {
    const document = await engine.add("fax.tiff", tiff([scanOf([LINES[0] ?? ""], { dpi: 150 }), scanOf([LINES[1] ?? ""], { dpi: 150 })]));
    expect(document).toMatchObject({ state: "indexed", format: "image", pages: 2, recognition: { pictures: 2, done: 2 } });
    const { blocks } = await engine.client.documents.content({ id: document.id });
    expect(blocks.map(({ page, text }) => [page, text])).toEqual([[1, LINES[0]], [2, LINES[1]]]);
    const { width, height } = await engine.client.documents.pageImage({ id: document.id, page: 2, width: 200 });
    expect([width, height]).toEqual([200, 283]);
  });

  it("says what is wrong with a TIFF that is cut off", async () => {
    const whole = tiff([scanOf(["x"], { dpi: 72 })]);
    expect(await engine.add("cut.tiff", whole.subarray(0, 5000))).toMatchObject({ state: "failed", reason: { code: "corrupt", message: "This picture is damaged and cannot be read." } });
  });

  it("leaves out the page of a TIFF whose data are gone, and reads the others", async () => {
    const [first, second] = [scanOf([LINES[0] ?? ""], { dpi: 150 }), scanOf([LINES[1] ?? ""], { dpi: 150 })];
    const whole = tiff([first, second]);
    const document = await engine.add("torn.tiff", whole.subarray(0, whole.length - Math.round(second.width * second.height * 0.8)));
    expect(document).toMatchObject({ state: "indexed", warnings: [{ code: "page-unreadable", page: 2 }], recognition: { pictures: 1, done: 1 } });
    expect(await textOf(document.id)).toContain("ferry to Brask");
  });

  it("reads a JPEG", async () => {
    const document = await engine.add("photo.jpg", await scanOf([LINES[2] ?? ""]).encode("jpeg", 80));
    expect(await textOf(document.id)).toContain(LINES[2]);
  });

  it.each([
    ["letter.docx", async () => withMembers(docx(wp("The letter itself.")), { "word/media/image1.png": await png(strip(inside)) }), "The letter itself."],
    ["letter.odt", async () => withMembers(odt("<text:p>The letter itself.</text:p>"), { "Pictures/1.png": await png(strip(inside)) }), "The letter itself."],
    ["deck.pptx", async () => withMembers(pptx([{ shapes: shape("First slide") }, { shapes: shape("Second slide") }]), { "ppt/media/image1.png": await png(strip(inside)), "ppt/slides/_rels/slide2.xml.rels": slidePicture("../media/image1.png") }), "First slide"],
    ["boats.xlsx", async () => workbookWith(await png(strip(inside))), "Boats of the harbour"],
  ] as const)("reads the picture in %s, behind the text of its page", async (name, content, before) => {
    const document = await engine.add(name, await content());
    expect(document).toMatchObject({ state: "indexed", recognition: { state: "done", pictures: 1 } });
    const { blocks } = await engine.client.documents.content({ id: document.id });
    const at = blocks.findIndex(({ text }) => text.includes(before));
    expect(blocks[at + 1], JSON.stringify(blocks)).toMatchObject({ text: inside, recognised: { confidence: expect.any(Number) } });
    expect(blocks[at + 1]?.page).toBe(blocks[at]?.page);
  });

  const [herring, barley, header] = ["Nineteen barrels of herring were landed.", "Barley was sold to the northern mill.", "Harbour office of the western islands."];

  it.each([
    ["report.docx", docxWith, docx([
      wp("Fish", "Heading1"), wp("The first paragraph.", "", wDrawing("herring")), wp("The second paragraph.", "", wDrawing("herring")),
      `<w:tbl><w:tr><w:tc>${wp("good")}</w:tc><w:tc>${wp("scan")}</w:tc></w:tr><w:tr><w:tc>${wp("Grain")}</w:tc><w:tc>${wp("sold", "", wDrawing("barley"))}</w:tc></w:tr></w:tbl>`, wp("The last paragraph."),
    ].join(""))],
    ["report.odt", odtWith, odt([
      '<text:h text:outline-level="1">Fish</text:h>', `<text:p>The first paragraph.${odtFrame("herring")}</text:p>`, `<text:p>The second paragraph.${odtFrame("herring")}</text:p>`,
      `<table:table><table:table-row><table:table-cell><text:p>good</text:p></table:table-cell><table:table-cell><text:p>scan</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Grain</text:p></table:table-cell><table:table-cell><text:p>sold${odtFrame("barley")}</text:p></table:table-cell></table:table-row></table:table>`, "<text:p>The last paragraph.</text:p>",
    ].join(""))],
  ] as const)("reads pictures in %s at their place in the text, once each, and leaves out the running header", async (name, filled, container) => {
    const document = await engine.add(name, filled(container, { drawn: { herring: await png(strip(herring)), barley: await png(strip(barley)) }, header: await png(strip(header)) }));
    expect(document).toMatchObject({ state: "indexed", recognition: { state: "done", pictures: 2, done: 2 } });
    const { blocks } = await engine.client.documents.content({ id: document.id });
    expect(blocks.map(({ text, recognised }) => (recognised ? `recognised: ${text}` : text))).toEqual([
      "Fish", "The first paragraph.", `recognised: ${herring}`, "The second paragraph.", "good: Grain, scan: sold", `recognised: ${barley}`, "The last paragraph.",
    ]);
    expect(blocks.map(({ headingPath }) => headingPath)).toEqual([[], ...blocks.slice(1).map(() => ["Fish"])]);
    const { hits } = await engine.client.search.query({ text: "barrels of herring landed" });
    // One passage with the paragraph in which the picture hangs.
    expect(hits.find(({ passage }) => passage.documentId === document.id)?.passage.text).toMatch(/The first paragraph\.\s+Nineteen barrels of herring/);
  });

  it("says which language it has no data for, and what to do, and reads the scan once that is done", async () => {
    await engine.client.settings.update({ ingest: { ocrLanguages: ["fra"] } });
    const document = await engine.add("lettre.png", await png(strip("Le bateau part à midi.")));
    expect(document).toMatchObject({ state: "failed", reason: { code: "no-language-data", language: "fra", message: "There are no data here to recognise text in French.", next: "Download French, or take it out of the languages of the pictures in the settings." } });
    await engine.client.settings.update({ ingest: { ocrLanguages: ["eng"] } });
    await engine.client.documents.retry({ ids: [document.id] });
    await engine.client.queue.idle();
    expect(await textOf(document.id)).toMatch(/bateau part/);
  });

  it("gives way while an answer is made, and goes on after it", async () => {
    const other = await temporaryFolder();
    const world = await openWorld(other, { ingest: { ocr: "auto", ocrLanguages: ["eng"] } });
    try {
      await call(world.routes.documents.add, { paths: [await write(join(other, "pages.pdf"), await scannedPdf([0, 1, 2, 3].map((n) => ({ scan: scanOf([`Page ${n}. ${LINES[0]}`], { dpi: 150 }) }))))] });
      const done = () => [...world.library.parts.registry.all()][0]?.recognition?.done ?? 0;
      await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(0);
      const answered = world.library.yieldTo();
      const before = done();
      await setTimeout(5000);
      // The picture that was being read is finished; no other is begun, however fast this machine is.
      expect(done()).toBeLessThanOrEqual(before + 1);
      expect(done()).toBeLessThan(4);
      answered();
      await call(world.routes.queue.idle, undefined);
      expect(done()).toBe(4);
    } finally {
      await world.close();
      await removeFolder(other);
    }
  });

  it.each([90, 180, 270] as const)("reads a page that lies turned by %i degrees, and marks its words where they lie", async (degrees) => {
    const page = turnedBy(scanOf(LINES, { dpi: 150 }), degrees);
    const document = await engine.add(`turned-${degrees}.png`, await png(page));
    const text = await textOf(document.id);
    expect(text.replace(/\n/g, " ")).toContain(LINES.join(" "));
    const at = text.indexOf("western");
    const [place] = await engine.client.documents.highlight({ id: document.id, ranges: [{ start: at, end: at + "western".length }] });
    const [x = 0, y = 0, width = 0, height = 0] = place?.rects[0] ?? [];
    const { pages: [shown] } = await engine.client.documents.content({ id: document.id });
    // Back to the upright page, in points: the picture's page counts 96 pixels to the inch, the scan was drawn with 150.
    const scale = 96 / 150;
    const [middleX, middleY] = [(x + width / 2) * scale, (y + height / 2) * scale];
    const [w, h] = [(shown?.width ?? 0) * scale, (shown?.height ?? 0) * scale];
    const upright = degrees === 90 ? [middleY, w - middleX] : degrees === 180 ? [w - middleX, h - middleY] : [h - middleY, middleX];
    expect(Math.abs((upright[1] ?? 0) - (baselineOf(1) - 4)), JSON.stringify({ upright })).toBeLessThan(4);
    // "Granite from the western" in a serif of 12 points: the word begins about 90 points into the line.
    expect(upright[0]).toBeGreaterThan(LEFT + 80);
    expect(upright[0]).toBeLessThan(LEFT + 140);
    expect(degrees === 180 ? width > height : height > width).toBe(true);
  });

  it("reads a scan that lies on its side in a PDF whose page does not say so", async () => {
    const document = await engine.add("side.pdf", await scannedPdf([{ scan: turnedBy(scanOf(LINES, { dpi: 150 }), 90) }]));
    expect((await textOf(document.id)).replace(/\n/g, " ")).toContain("paved the market square");
    const [place] = await engine.client.documents.highlight({ id: document.id, ranges: [{ start: 0, end: 9 }] });
    for (const [x, y, width, height] of place?.rects ?? []) expect([x > 0, y > 0, x + width < PAGE.height, y + height < PAGE.width]).toEqual([true, true, true, true]);
  });
});
