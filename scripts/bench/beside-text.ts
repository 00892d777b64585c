/**
 * What it costs and brings to look for pictures on PDF pages that are full of text: time of the text and of the look, and every picture of at
 * least 3 % of its page over which the text layer says little, recognised, with the words that its page's text does not hold.
 *   node scripts/run.mjs scripts/bench/beside-text.ts [--pages 40] [FOLDER]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { PDFPageProxy } from "pdfjs-dist";
import { defaultLimits } from "../../engine/ingest/limits.ts";
import { Scanner } from "../../engine/ingest/recognise/scanner.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { areaOf, drawnOn, joined } from "../../engine/workers/reader/formats/pdf/drawn.ts";
import { linesOf } from "../../engine/workers/reader/formats/pdf/lines.ts";
import { openPdf } from "../../engine/workers/reader/formats/pdf/open.ts";
import { LookingTime, unreadPictures } from "../../engine/workers/reader/formats/pdf/scanned.ts";
import { wordsOf } from "../../engine/workers/reader/formats/pdf/words.ts";
import { Refusal } from "../../engine/workers/reader/refusal.ts";

const given = process.argv.indexOf("--pages");
const most = given < 0 ? 40 : Number(process.argv[given + 1]);
const folder = process.argv.slice(2).find((argument, i, all) => !argument.startsWith("--") && all[i - 1] !== "--pages") ?? join(process.env.LOREKEEP_TEST_DATA ?? "../shared", "documents");
const scratch = mkdtempSync(join(tmpdir(), "lorekeep-beside-"));
const scanner = new Scanner({ host: createNodeWorkerHost(resolve("out/workers")), limits: defaultLimits, workspace: scratch });
const signal = new AbortController().signal;
const FULL = 600;
const SHARE = 0.03;
const sums = { files: 0, pages: 0, full: 0, looked: 0, read: 0, textMs: 0, lookMs: 0, everyLookMs: 0 };
const said = (text: string) => text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];

async function look(file: string, page: PDFPageProxy, time: LookingTime): Promise<void> {
  const viewport = page.getViewport({ scale: 1 });
  const begun = performance.now();
  const lines = linesOf(wordsOf(await page.getTextContent(), viewport));
  const textMs = performance.now() - begun;
  sums.pages++;
  if (lines.reduce((sum, { text }) => sum + text.length, 0) <= FULL) return;
  sums.full++;
  sums.textMs += textMs;
  if (time.besideText) sums.looked++;
  const looking = performance.now();
  sums.read += (await unreadPictures(page, { viewport, lines, time })).length;
  sums.lookMs += performance.now() - looking;
  // The same for every page, as it were without asking first how many pixels the file's pictures have.
  const every = performance.now();
  const operators = await page.getOperatorList();
  sums.everyLookMs += time.besideText ? 0 : performance.now() - every;
  const { pictures } = drawnOn(operators, viewport);
  const known = new Set(lines.flatMap(({ text }) => said(text)));
  for (const area of joined(pictures)) {
    const share = areaOf(area) / (viewport.width * viewport.height);
    if (share < SHARE) continue;
    const info = { page: page.pageNumber, width: viewport.width, height: viewport.height, hasText: true };
    const { paragraphs, seconds } = await scanner.scan({ file, name: file }, { page: page.pageNumber, area }, { page: info, languages: ["eng"], signal });
    const words = paragraphs.flat(2).flatMap(({ text }) => said(text));
    const fresh = words.filter((word) => !known.has(word));
    console.log(`| ${file.slice(folder.length + 1)}, ${page.pageNumber} | ${(share * 100).toFixed(1)} % | ${words.length} | ${fresh.length}${fresh.length > 0 ? `: ${fresh.slice(0, 12).join(" ")}` : ""} | ${seconds.toFixed(1)} |`);
  }
}

try {
  console.log("| page | share | words read | not in the page's text | s |\n| --- | --- | --- | --- | --- |");
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".pdf")).sort()) {
    const file = join(folder, entry);
    const bytes = readFileSync(file);
    const time = new LookingTime(bytes);
    try {
      const pdf = await openPdf(bytes, undefined, signal);
      sums.files++;
      for (let number = 1; number <= Math.min(pdf.document.numPages, most); number++) await look(file, await pdf.document.getPage(number), time);
      await pdf.close();
    } catch (error) {
      if (!(error instanceof Refusal)) console.log(`${entry}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Math.round(value)])));
} finally {
  scanner.dispose();
  rmSync(scratch, { recursive: true, force: true });
}
