import { createCanvas } from "@napi-rs/canvas";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extracted } from "../fixtures/documents/read.ts";
import { scannedPdf, type ScannedPage } from "../scanned.ts";
import { createTestEngine, type TestEngine } from "../test-engine.ts";
import { removeFolder, temporaryFolder, write } from "./library-harness.ts";

const TEXT = "The harbour office of the western islands kept this register of boats.";
/** More than 600 letters beside the picture. */
const prose = Array.from({ length: 10 }, (_, i) => ({ text: TEXT, x: 60, y: 60 + i * 14 }));
const TABLE = ["Granite of the western slope", "Herring and barley from Brask", "Whale oil for the lighthouse"];
/** The picture's place on the page, points, and its pixels to the point. */
const AREA = [100, 400, 400, 200] as const;
const SCALE = 2.5;

function table(lines: readonly string[] = TABLE) {
  const canvas = createCanvas(AREA[2] * SCALE, AREA[3] * SCALE);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#111";
  context.font = `${14 * SCALE}px serif`;
  lines.forEach((line, i) => context.fillText(line, 20 * SCALE, (40 + i * 50) * SCALE));
  return canvas;
}

const page = (change: Partial<ScannedPage> = {}): ScannedPage => ({ scan: table(), places: [AREA], lines: prose, ...change });
const picturesOf = async (pages: readonly ScannedPage[]) => (await extracted("page.pdf", await scannedPdf(pages))).pictures ?? [];

describe("which pictures beside text are recognised", () => {
  it("is one that fills a tenth of the page, also in strips, and each of several", async () => {
    expect(await picturesOf([page()])).toEqual([{ page: 1, area: [...AREA] }]);
    const [x, y, width, height] = AREA;
    expect(await picturesOf([page({ places: [0, 1, 2, 3].map((strip) => [x, y + (strip * height) / 4, width, height / 4] as const) })])).toEqual([{ page: 1, area: [...AREA] }]);
    expect(await picturesOf([page({ places: [[60, 300, 220, 250], [320, 300, 220, 250]] })])).toEqual([{ page: 1, area: [60, 300, 220, 250] }, { page: 1, area: [320, 300, 220, 250] }]);
  });

  it("is none that is small, lies under the page's own text, or has its words in a text layer", async () => {
    expect(await picturesOf([page({ places: [[60, 600, 150, 150]] })])).toEqual([]);
    expect(await picturesOf([page({ places: [[0, 0, 595, 842]] })])).toEqual([]);
    const layer = Array.from({ length: 8 }, (_, i) => ({ text: TEXT.slice(0, 60), x: 110, y: 420 + i * 20, hidden: true }));
    expect(await picturesOf([page({ lines: [...prose, ...layer] })])).toEqual([]);
  });

  it("is none in a file whose pictures have too few pixels to be read", async () => {
    expect(await picturesOf([page({ scan: createCanvas(120, 60) })])).toEqual([]);
  });
});

describe("a picture beside text, through the whole engine", () => {
  let folder: string;
  let engine: TestEngine;
  beforeAll(async () => {
    folder = await temporaryFolder();
    engine = await createTestEngine();
    await engine.client.settings.update({ ingest: { ocrLanguages: ["eng"] } });
  });
  afterAll(async () => {
    await engine.dispose();
    await removeFolder(folder);
  });

  const added = async (name: string, pages: readonly ScannedPage[], rotate = 0) => {
    const { added: [document] } = await engine.client.documents.add({ paths: [await write(join(folder, name), await scannedPdf(pages, { rotate }))] });
    await engine.client.queue.idle();
    return engine.client.documents.get({ id: document?.id ?? "" });
  };
  const placeOf = async (id: string, word: string) => {
    const text = (await engine.client.documents.content({ id })).blocks.map((block) => block.text).join("\n");
    const [place] = await engine.client.documents.highlight({ id, ranges: [{ start: text.indexOf(word), end: text.indexOf(word) + word.length }] });
    return place?.rects[0] ?? [0, 0, 0, 0];
  };

  it("is read behind the text of its page, and its words are marked where they lie", async () => {
    const document = await added("register.pdf", [page(), { ...page(), scan: table(["Nothing"]), places: [[60, 700, 50, 25]] }]);
    expect(document).toMatchObject({ state: "indexed", recognition: { state: "done", pictures: 1, done: 1 } });
    const { blocks } = await engine.client.documents.content({ id: document.id });
    const recognised = blocks.filter((block) => block.recognised);
    expect(recognised.map(({ text }) => text).join(" ")).toBe(TABLE.join(" "));
    expect(recognised.every((block) => block.page === 1)).toBe(true);
    expect(blocks.findIndex((block) => block.recognised)).toBe(blocks.findLastIndex((block) => block.page === 1 && !block.recognised) + 1);
    const [x, y, width, height] = await placeOf(document.id, "Herring");
    expect([Math.abs(x - (AREA[0] + 20)) < 3, Math.abs(y + height - (AREA[1] + 90)) < 6, width > 30 && width < 60]).toEqual([true, true, true]);
  });

  it("adds nothing that the text layer holds there", async () => {
    const document = await added("layer.pdf", [page({ lines: [...prose, { text: "Herring and barley from Brask", x: 120, y: 490, hidden: true }] })]);
    const { blocks } = await engine.client.documents.content({ id: document.id });
    const text = blocks.map((block) => block.text).join(" ");
    expect(text.match(/Herring/g)).toHaveLength(1);
    expect(text).toContain("Granite of the western slope");
    expect(blocks.filter((block) => block.recognised).map((block) => block.text).join(" ")).not.toContain("barley");
  });

  it("is found on a page that is shown turned, and on its side in the picture", async () => {
    const document = await added("turned.pdf", [page()], 90);
    const { blocks } = await engine.client.documents.content({ id: document.id });
    expect(blocks.filter((block) => block.recognised).map((block) => block.text).join(" ")).toContain("Herring and barley from Brask");
    // Shown turned by 90 degrees clockwise, a word runs downwards; its foot is on the left.
    const [x, y, width, height] = await placeOf(document.id, "Herring");
    expect([Math.abs(x - (842 - AREA[1] - 90)) < 6, Math.abs(y - (AREA[0] + 20)) < 4, height > width]).toEqual([true, true, true]);
  });
});
