import { fork } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { recognisedNote, recognisedOf } from "../../cli/recognised.ts";
import { POORLY_RECOGNISED } from "../../engine/contract/document.ts";
import { blockEngine } from "../block-engine.ts";
import { projectRoot } from "../data.ts";
import { baselineOf, LEFT, PAGE, scannedPdf, scanOf } from "../scanned.ts";
import { call, openWorld, removeFolder, temporaryFolder, write } from "./library-harness.ts";

const LINES = [
  "The keeper of the northern lighthouse wrote a daily journal.",
  "On the third of May the lamp burned eleven litres of whale oil.",
  "Visitors from the mainland arrived in a small wooden boat.",
];

describe("text recognition through the whole engine", () => {
  const engine = blockEngine(({ client }) => client.settings.update({ ingest: { ocrLanguages: ["eng"] } }));

  it("finds the words of a scanned page, and marks them where they are drawn", async () => {
    const document = await engine.add("journal.pdf", await scannedPdf([{ scan: scanOf(LINES) }]));
    expect(document).toMatchObject({ state: "indexed", warnings: [], recognition: { state: "done", pictures: 1, done: 1 } });
    expect(document.recognition?.confidence).toBeGreaterThan(0.8);
    const { hits: [hit] } = await engine.client.search.query({ text: "how much whale oil did the lamp burn?" });
    expect(hit?.passage).toMatchObject({ documentId: document.id });
    const { blocks } = await engine.client.documents.content({ id: document.id });
    expect(blocks.every(({ recognised }) => recognised !== undefined)).toBe(true);
    const at = blocks.map(({ text }) => text).join("\n").indexOf("whale oil");
    expect(at).toBeGreaterThan(0);
    const [place] = await engine.client.documents.highlight({ id: document.id, ranges: [{ start: at, end: at + "whale oil".length }] });
    expect(place?.page).toBe(1);
    const [x = 0, y = 0, width = 0, height = 0] = place?.rects[0] ?? [];
    expect(Math.abs(y + height - baselineOf(1))).toBeLessThan(4);
    expect(x).toBeGreaterThan(LEFT + 200);
    expect(x + width).toBeLessThan(PAGE.width - LEFT);
    expect([width > 25, width < 70, height > 5, height < 16]).toEqual([true, true, true, true]);
  });

  it("reads a scan beneath a little text, and indexes that text first", async () => {
    const document = await engine.add("stamped.pdf", await scannedPdf([{ scan: scanOf(["Granite was quarried on the western slope."]), text: "Received 4 June" }]));
    const { blocks } = await engine.client.documents.content({ id: document.id });
    const text = blocks.map((block) => block.text).join("\n");
    expect(text).toContain("Received 4 June");
    expect(text).toContain("Granite was quarried on the western slope.");
    const range = (words: string) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length });
    const [own, read] = await engine.client.documents.recognised({ id: document.id, ranges: [range("Received 4 June"), range("quarried on the western")] });
    expect(own).toBeNull();
    expect(read).toBeGreaterThan(0.8);
  });

  it("takes a picture file and shows it as its page", async () => {
    const document = await engine.add("photo.png", await scanOf(["The bakery opens at seven on weekdays."]).encode("png"));
    expect(document).toMatchObject({ state: "indexed", format: "image", pages: 1 });
    const [noisy] = await recognisedOf(engine.client, (await engine.client.search.query({ text: "when does the bakery open?" })).hits.slice(0, 1).map(({ passage }) => passage));
    expect(noisy).toBeGreaterThan(0.8);
    expect(recognisedNote(noisy)).toMatch(/^ {2}\(recognised in a picture, \d\d %\)$/);
    expect(recognisedNote(POORLY_RECOGNISED - 0.05)).toContain("70 %: may be wrong");
    const image = await engine.client.documents.pageImage({ id: document.id, page: 1, width: 200 });
    expect([image.width, image.height]).toEqual([200, 283]);
  });

  it("asks before a large amount, tells its cost, and does what the person says", async () => {
    await engine.client.settings.update({ ingest: { ocrAskAbove: 1 } });
    const document = await engine.add("two.pdf", await scannedPdf([{ scan: scanOf(["Copper and tin make bronze."]) }, { scan: scanOf(["Iron rusts in the rain."]) }]));
    expect(document).toMatchObject({ state: "recognising", recognition: { state: "ask", pictures: 2 } });
    const { recognition } = await engine.client.queue.progress();
    expect(recognition?.asking).toMatchObject({ documents: 1, pictures: 2 });
    expect(recognition?.asking.seconds).toBeGreaterThan(0);
    expect(await engine.client.queue.recognise({ start: false })).toEqual({ documents: 1 });
    expect(await engine.client.documents.get({ id: document.id })).toMatchObject({ state: "failed", reason: { code: "no-text-layer" } });
    await engine.client.queue.recognise({ ids: [document.id], start: true });
    await engine.client.queue.idle();
    expect(await engine.client.documents.get({ id: document.id })).toMatchObject({ state: "indexed", recognition: { state: "done", done: 2 } });
  });
});

describe("text recognition that is interrupted", () => {
  const child = join(projectRoot, "out", "ocr-child.mjs");
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await build({ entryPoints: [join(projectRoot, "test/pipeline/ocr-child.ts")], outfile: child, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", logLevel: "warning" });
  });
  afterEach(() => removeFolder(folder));

  it("by a killed process goes on with the next page and repeats none", async () => {
    const words = ["anvil", "beacon", "candle", "dragon", "ember"];
    const path = await write(join(folder, "pages.pdf"), await scannedPdf(words.map((word) => ({ scan: scanOf([`This page is about the ${word}.`, ...LINES]) }))));
    const kept = join(folder, "home", "workspace", "recognised");
    await killedAfterPages(child, { home: join(folder, "home"), path, kept, pages: 2 });
    const before = await pagesIn(kept);
    expect(before.size).toBeGreaterThanOrEqual(2);
    expect(before.size).toBeLessThan(words.length);
    const world = await openWorld(join(folder, "home"), { ingest: { ocr: "auto", ocrLanguages: ["eng"] } });
    await call(world.routes.queue.idle, undefined);
    const [record] = [...world.library.parts.registry.all()];
    expect(record).toMatchObject({ state: "indexed", recognition: { state: "done", pictures: words.length, done: words.length } });
    const text = (await world.store.neighbours(record?.id ?? "", 0, 1000)).map((passage) => passage.text).join("\n");
    for (const word of words) expect(text).toContain(word);
    const after = await pagesIn(kept);
    expect(after.size).toBe(words.length);
    for (const [page, written] of before) expect(after.get(page)).toBe(written);
    await world.close();
  }, 180_000);
});

/** File name of every kept page, with when it was written. */
async function pagesIn(folder: string): Promise<Map<string, number>> {
  const pages = new Map<string, number>();
  for (const hash of await readdir(folder).catch(() => [])) {
    for (const name of await readdir(join(folder, hash))) {
      if (!name.endsWith(".json")) continue;
      JSON.parse(await readFile(join(folder, hash, name), "utf8"));
      pages.set(name, (await stat(join(folder, hash, name))).mtimeMs);
    }
  }
  return pages;
}

function killedAfterPages(entry: string, { home, path, kept, pages }: { home: string; path: string; kept: string; pages: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const process = fork(entry, [home, path], { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: ["--no-warnings"] });
    const timer = setInterval(() => {
      void pagesIn(kept).then(({ size }) => { if (size >= pages) process.kill("SIGKILL"); });
    }, 20);
    process.once("exit", (code, signal) => {
      clearInterval(timer);
      if (signal === "SIGKILL") resolve();
      else reject(new Error(`The child ended with ${String(code)} before it was killed`));
    });
  });
}
