import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentText, type DocumentReason, type Extraction } from "../../engine/contract/document.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import type { readerContract, ReaderEvent } from "../../engine/workers/reader/contract.ts";
import { Supervisor } from "../../engine/workers/supervisor.ts";
import { sharedData, workersFolder } from "../data.ts";
import { assertSound } from "../fixtures/documents/read.ts";

const data = sharedData();
const limits = { maxBytes: 200 * 2 ** 20, maxCharacters: 20_000_000, maxInflatedBytes: 500 * 2 ** 20 };
type Result = Extraction | DocumentReason;

/** Real files through the real process, under the supervisor that the engine uses. */
describe.skipIf(!data)("the reader's process and the shared documents (skipped where ../shared is not there)", () => {
  const documents = join(data ?? "", "documents");
  const results = new Map<string, Result>();
  let supervisor: Supervisor<typeof readerContract>;
  let ms = 0;

  const read = (path: string, password?: string): Promise<Result> =>
    supervisor.call(async (client, signal) => {
      let last: ReaderEvent | undefined;
      for await (const event of await client.extract({ path, limits, ...(password === undefined ? {} : { password }) }, { signal })) last = event;
      if (last?.type === "refused") return last.reason;
      if (last?.type === "extracted") return last.extraction;
      throw new Error(`${path}: neither read nor refused`);
    }, { deadlineMs: 60_000 });

  beforeAll(async () => {
    supervisor = new Supervisor<typeof readerContract>(createNodeWorkerHost(workersFolder), "reader", { memoryMb: 1500, idleMs: 0, startMs: 30_000 });
    const began = performance.now();
    for (const path of filesIn(documents)) results.set(relative(documents, path).replaceAll("\\", "/"), await read(path));
    ms = performance.now() - began;
  }, 240_000);
  afterAll(() => supervisor.dispose());

  const of = (name: string): Extraction => {
    const result = results.get(name);
    if (!result || "code" in result) throw new Error(`${name}: ${JSON.stringify(result)}`);
    return result;
  };
  const textOf = (name: string): string => documentText(of(name).blocks);

  it("every file is read or refused with a reason, in one process that never died", () => {
    const counts: Record<string, number> = {};
    for (const result of results.values()) {
      const kind = "code" in result ? `refused: ${result.code}` : `read: ${result.format}`;
      counts[kind] = (counts[kind] ?? 0) + 1;
      if ("code" in result) expect(result.message).toMatch(/^[A-Z].*\.$/);
      else assertSound(result);
    }
    console.info(`${results.size} files in ${(ms / 1000).toFixed(1)} s`, Object.fromEntries(Object.entries(counts).sort()));
    expect(results.size).toBeGreaterThan(300);
    expect(supervisor.state.restarts).toBe(0);
    expect(Object.keys(counts).filter((kind) => /timed|memory|internal|died/.test(kind))).toEqual([]);
  });

  it("reads the PDFs of a renderer's regression suite", () => {
    const pdfs = [...results].filter(([name]) => name.startsWith("pdfjs/"));
    const withText = pdfs.filter(([, result]) => !("code" in result));
    const refusedAs = (code: DocumentReason["code"]) => pdfs.flatMap(([name, result]) => ("code" in result && result.code === code ? [name] : []));
    console.info(`pdfjs: ${withText.length} of ${pdfs.length} gave text, ${refusedAs("no-text-layer").length} have no text layer, ${refusedAs("encrypted").length} are encrypted`);
    expect(pdfs).toHaveLength(182);
    expect(withText.length).toBeGreaterThanOrEqual(117);
    expect(refusedAs("corrupt")).toEqual([]);
    expect(refusedAs("encrypted")).toEqual(["pdfjs/issue15893_reduced.pdf", "pdfjs/pr6531_1.pdf", "pdfjs/saslprep-r6.pdf"]);
  });

  it("opens a protected PDF with its password and says when it is wrong", async () => {
    const path = join(documents, "pdf-samples/005-libreoffice-writer-password/libreoffice-writer-password.pdf");
    expect(await read(path)).toMatchObject({ code: "encrypted", next: expect.stringContaining("password") });
    expect(await read(path, "wrong")).toMatchObject({ code: "wrong-password" });
    const opened = await read(path, "openpassword");
    expect("code" in opened ? opened : documentText(opened.blocks)).toContain("Lorem ipsum");
  });

  it("finds the words another converter finds", () => {
    const pairs = readdirSync(join(documents, "mixed/expected_outputs")).map((name) => [name.replace(/\.md$/, ".pdf"), readFileSync(join(documents, "mixed/expected_outputs", name), "utf8")] as const);
    const recalls = pairs.filter(([, expected]) => expected.trim()).map(([name, expected]) => [name, recall(textOf(`mixed/${name}`), expected)] as const);
    console.info("word recall", Object.fromEntries(recalls.map(([name, value]) => [name, Number(value.toFixed(3))])));
    expect(recalls.length).toBeGreaterThan(1);
    for (const [name, value] of recalls) expect(value, name).toBeGreaterThan(0.95);
  });

  it("reads what the other formats hold", () => {
    expect(textOf("mixed/test_mskanji.csv")).toBe("名前: 佐藤太郎, 年齢: 30, 住所: 東京\n名前: 三木英子, 年齢: 25, 住所: 大阪\n名前: 髙橋淳, 年齢: 35, 住所: 名古屋");
    expect(textOf("mixed/test.docx")).toContain("49e168b7-d2ae-407f-a055-2167576f39a1");
    expect(textOf("mixed/test.xlsx")).toContain("Beta: 6ff4173b-42a5-4784-9b19-f49caff4d93d");
    expect(textOf("mixed/test.xls")).toContain("6ff4173b-42a5-4784-9b19-f49caff4d93d");
    expect(textOf("mixed/test.pptx")).toContain("ColD: 1b92870d-e3b5-4e65-8153-919f4ff45592");
    expect(textOf("mixed/test_outlook_msg.msg")).toContain("This is the body of the test email message");
    expect(textOf("mixed/test_rss.xml")).toContain("Ignite 2024: Why nearly 70% of the Fortune 500 now use Microsoft 365 Copilot");
    expect(textOf("mixed/test.epub")).toContain("A bullet point");
    expect(of("mixed/test_blog.html").title).toContain("Does Model and Inference Parameter Matter");
    expect(textOf("mixed/test_wikipedia.html")).not.toMatch(/Jump to content|Move to sidebar|\[edit\]/i);
    expect(textOf("word/footnotes.docx")).toContain("[1]");
    expect(of("word/tables.docx").blocks.some((block) => block.kind === "table-row")).toBe(true);
    expect(results.get("mixed/test_files.zip")).toMatchObject({ code: "unsupported", next: "Unpack it and add the folder." });
    expect(results.get("mixed/test.jpg")).toMatchObject({ format: "image", blocks: [], pictures: [{ page: 1 }] });
  });

  it("keeps the toy world's sentences whole, table rows with their header", async () => {
    const world = join(data ?? "", "data/toy-world");
    if (!existsSync(world)) throw new Error("The toy world is missing in the shared data");
    const passages = readFileSync(join(world, "passages.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { document: string; text: string });
    const texts = new Map<string, string[]>();
    for (const path of filesIn(join(world, "documents"))) {
      const result = await read(path);
      if ("code" in result) throw new Error(`${path}: ${result.message}`);
      texts.set(relative(join(world, "documents"), path), result.blocks.map((block) => block.text));
    }
    expect(texts.size).toBe(14);
    for (const { document, text } of passages) {
      const blocks = texts.get(document) ?? [];
      if (document.endsWith(".csv")) expect(blocks).toContain(text);
      else expect(blocks.some((block) => block.includes(text)), `${document}: ${text}`).toBe(true);
    }
  });

  it("draws a page, and passes on why it cannot", async () => {
    const draw = (path: string, page: number) => supervisor.call((client, signal) => client.renderPage({ path, page, width: 200 }, { signal }), { deadlineMs: 30_000 });
    const page = await draw(join(documents, "mixed/test.pdf"), 1);
    expect(Buffer.from(page.png, "base64").subarray(1, 4).toString()).toBe("PNG");
    expect([page.width, page.height]).toEqual([200, 259]);
    await expect(draw(join(documents, "mixed/test.pdf"), 99)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(draw(join(documents, "pdfjs/pr6531_1.pdf"), 1)).rejects.toMatchObject({ code: "NEEDS_PASSWORD" });
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder).sort().flatMap((name) => (statSync(join(folder, name)).isDirectory() ? filesIn(join(folder, name)) : [join(folder, name)]));
}

const wordsIn = (text: string): string[] => text.toLowerCase().normalize("NFKC").match(/[\p{L}\p{N}]{2,}/gu) ?? [];

/** Share of the expected words, counted with their repetitions, that are in the text. */
function recall(text: string, expected: string): number {
  const have = new Map<string, number>();
  for (const word of wordsIn(text)) have.set(word, (have.get(word) ?? 0) + 1);
  const wanted = wordsIn(expected);
  const found = wanted.filter((word) => {
    const left = have.get(word) ?? 0;
    have.set(word, left - 1);
    return left > 0;
  });
  return found.length / wanted.length;
}
