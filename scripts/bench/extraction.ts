/**
 * What reaches the index of what is on the page. Word recall of the shared PDFs against their expected texts; words in order of PDFs made here
 * (one column with divided words, two columns, a table); and text recognition of pages drawn here from known text: clean, at 150 dpi, leaning by
 * 2°, noisy, in English and German. Recognised by the processes the engine uses.
 *   node scripts/run.mjs scripts/bench/extraction.ts [--pages 3] [--scans PART-OF-NAME] [--show]
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { documentText, type Extraction } from "../../engine/contract/document.ts";
import { defaultLimits } from "../../engine/ingest/limits.ts";
import { withRecognised, type ReadPicture } from "../../engine/ingest/recognise/merge.ts";
import { Scanner } from "../../engine/ingest/recognise/scanner.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import type { readerContract } from "../../engine/workers/reader/contract.ts";
import { Supervisor } from "../../engine/workers/supervisor.ts";
import { pdf, type PdfPage } from "../../test/fixtures/documents/build.ts";
import { PAGE, scannedPdf, scanOf, type ScanOptions } from "../../test/scanned.ts";

const flag = (name: string, otherwise: number) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : Number(process.argv[at + 1]); };
const pagesEach = flag("pages", 3);
const only = process.argv[process.argv.indexOf("--scans") + 1 || Infinity] ?? "";
const shared = resolve(process.env.LOREKEEP_TEST_DATA ?? "../shared");
const scratch = mkdtempSync(join(tmpdir(), "lorekeep-extraction-"));
const host = createNodeWorkerHost(resolve("out/workers"));
const reader = new Supervisor<typeof readerContract>(host, "reader", { memoryMb: 1500, idleMs: 0, startMs: 30_000 });
const scanner = new Scanner({ host, limits: defaultLimits, workspace: scratch });
const signal = new AbortController().signal;
const FONT = 11;

const wordsOf = (text: string) => text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Share of the expected words that are there, as often as expected. */
function recall(found: string, expected: string): number {
  const counts = new Map<string, number>();
  for (const word of wordsOf(found)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const wanted = wordsOf(expected);
  const hits = wanted.filter((word) => { const left = counts.get(word) ?? 0; counts.set(word, left - 1); return left > 0; });
  return hits.length / wanted.length;
}

/** 1 less the word error rate: insertions, deletions and changes over the expected words, in order. */
function accuracy(found: string, expected: string): number {
  const [a, b] = [wordsOf(found), wordsOf(expected)];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const word of a) {
    const next = [(row[0] ?? 0) + 1];
    b.forEach((wanted, j) => next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (word === wanted ? 0 : 1))));
    row = next;
  }
  return Math.max(0, 1 - (row[b.length] ?? 0) / b.length);
}

async function extract(path: string): Promise<Extraction> {
  return reader.call(async (client, inner) => {
    for await (const event of await client.extract({ path, limits: { maxBytes: 2 ** 30, maxCharacters: 20_000_000, maxInflatedBytes: 2 ** 30 } }, { signal: inner })) {
      if (event.type === "extracted") return event.extraction;
      if (event.type === "refused") throw new Error(`${path}: ${event.reason.message}`);
    }
    throw new Error(`${path}: no result`);
  }, { deadlineMs: 120_000 });
}

/** The whole text with what is in its pictures, the recogniser's own confidence, and the seconds each picture took. */
async function whole(path: string, languages: readonly string[]): Promise<{ text: string; confidence: number; seconds: number[] }> {
  const extraction = await extract(path);
  const read: ReadPicture[] = [];
  for (const picture of extraction.pictures ?? []) {
    const page = extraction.pages.find((one) => one.page === picture.page);
    read.push({ picture, recognised: await scanner.scan({ file: path, name: path }, picture, { page, languages, signal }) });
  }
  const words = read.flatMap(({ recognised }) => recognised.paragraphs.flat(2));
  return {
    text: documentText(withRecognised(extraction, read).blocks), seconds: read.map(({ recognised }) => recognised.seconds),
    confidence: words.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, words.length),
  };
}

function wrap(text: string, width: number, font = `${FONT}px serif`): string[] {
  const context = createCanvas(10, 10).getContext("2d");
  context.font = font;
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && context.measureText(`${last} ${word}`).width <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Squad { readonly data: readonly { readonly paragraphs: readonly { readonly context: string }[] }[] }

function paragraphs(language: "en" | "de"): string[] {
  const file = join(shared, "data/xquad", `xquad.${language}.json`);
  const squad = JSON.parse(readFileSync(file, "utf8")) as Squad;
  return squad.data.flatMap((article) => article.paragraphs.map(({ context }) => context));
}

const percent = (value: number) => (value * 100).toFixed(1);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

async function sharedPdfs(): Promise<void> {
  console.log("\nWord recall against expected_outputs\n\n| file | recall | pictures recognised |\n| --- | --- | --- |");
  const folder = join(shared, "documents/mixed");
  for (const name of readdirSync(join(folder, "expected_outputs"))) {
    const expected = readFileSync(join(folder, "expected_outputs", name), "utf8");
    const path = join(folder, name.replace(/\.md$/, ".pdf"));
    if (!expected.trim() || !existsSync(path)) continue;
    const { text, seconds } = await whole(path, ["eng"]);
    console.log(`| ${name} | ${percent(recall(text, expected))} | ${seconds.length} |`);
  }
}

async function madePdfs(): Promise<void> {
  console.log("\nPDFs made here, words in order\n\n| page | words | accuracy |\n| --- | --- | --- |");
  const [first = "", second = ""] = paragraphs("en");
  const ascii = (text: string) => text.replace(/[^\x20-\x7e]/g, "").replace(/[()\\]/g, "");
  const divided = wrap(ascii(first), 300).flatMap((line) => [line]).map((line, i, all) => (i + 1 < all.length && /[a-z]{7}$/.test(line) ? `${line.slice(0, -3)}-\n${line.slice(-3)}` : line)).join("\n").replace(/-\n([a-z]{3})\n/g, "-\n$1 ").split("\n");
  const column = (lines: readonly string[], x: number): NonNullable<PdfPage["text"]> => lines.map((text, i) => ({ x, y: 560 - i * 12, size: 9, text }));
  const cases: [string, NonNullable<PdfPage["text"]>, string][] = [
    ["one column, divided words", column(divided, 30), ascii(first)],
    ["two columns", [...column(wrap(ascii(first), 200), 20), ...column(wrap(ascii(second), 200), 210)], `${ascii(first)} ${ascii(second)}`],
  ];
  for (const [name, text, expected] of cases) {
    const path = join(scratch, "made.pdf");
    writeFileSync(path, pdf([{ text }]));
    console.log(`| ${name} | ${wordsOf(expected).length} | ${percent(accuracy(documentText((await extract(path)).blocks), expected))} |`);
  }
}

async function scans(): Promise<void> {
  if (pagesEach === 0) return;
  const kinds: [string, ScanOptions][] = [["clean, 300 dpi", { dpi: 300 }], ["150 dpi", { dpi: 150 }], ["leaning by 2°, 200 dpi", { dpi: 200, skew: 2 }], ["noisy (σ 40), 200 dpi", { dpi: 200, noise: 40 }]];
  console.log(`\nText recognition, ${pagesEach} pages each\n\n| page | English | its confidence | German | its confidence | s/page |\n| --- | --- | --- | --- | --- | --- |`);
  for (const [name, options] of kinds) {
    const cells: string[] = [];
    const seconds: number[] = [];
    for (const [language, code] of [["en", "eng"], ["de", "deu"]] as const) {
      const texts = paragraphs(language);
      const accuracies: number[] = [];
      const confidences: number[] = [];
      for (let page = 0; page < pagesEach; page++) {
        const text = texts.slice(page * 2, page * 2 + 2).join(" ");
        const lines = wrap(text, PAGE.width - 130).slice(0, 42);
        const path = join(scratch, "scan.pdf");
        writeFileSync(path, await scannedPdf([{ scan: scanOf(lines, { ...options, fontSize: FONT }) }]));
        const result = await whole(path, [code]);
        accuracies.push(accuracy(result.text, lines.join(" ")));
        confidences.push(result.confidence);
        seconds.push(...result.seconds);
      }
      cells.push(percent(mean(accuracies)), percent(mean(confidences)));
    }
    console.log(`| ${name} | ${cells.join(" | ")} | ${mean(seconds).toFixed(1)} |`);
  }
}

async function sharedScans(): Promise<void> {
  console.log("\nShared scans\n\n| file | pictures | words | confidence | s/picture |\n| --- | --- | --- | --- | --- |");
  const folder = join(shared, "documents/scans");
  for (const name of readdirSync(folder).filter((file) => /\.(pdf|docx|pptx)$/.test(file) && file.includes(only))) {
    const { text, confidence, seconds } = await whole(join(folder, name), ["eng"]);
    console.log(`| ${name} | ${seconds.length} | ${wordsOf(text).length} | ${percent(confidence)} | ${mean(seconds).toFixed(1)} |`);
    if (process.argv.includes("--show")) console.log(text);
  }
}

try {
  await madePdfs();
  await sharedPdfs();
  await scans();
  await sharedScans();
} finally {
  reader.dispose();
  scanner.dispose();
  rmSync(scratch, { recursive: true, force: true });
}
