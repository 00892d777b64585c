/**
 * Reading overlaps embedding: a thousand mixed documents (nine formats written from SciFact's abstracts, and the real files of ../shared/documents),
 * in slices; of each slice reading alone (read, language, passages, no vectors), embedding alone (the same passages), and the whole of `documents.add`.
 *   node scripts/run.mjs scripts/bench/mixed-ingest.ts [--documents 1000] [--slices 5] [--data ../shared]
 * Aim: whole ≤ 1.1 × the longer of the two. All processes are warm before anything is timed; no text recognition. The seconds of processor time of
 * each process say what the cores at hand allow.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import PQueue from "p-queue";
import { documentText } from "../../engine/contract/document.ts";
import { chunk } from "../../engine/ingest/steps/chunk.ts";
import { ReaderPool } from "../../engine/ingest/steps/extract.ts";
import { defaultLimits } from "../../engine/ingest/limits.ts";
import { Refused } from "../../engine/ingest/registry/reasons.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { detectLanguage } from "../../engine/knowledge/language.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { openBenchEngine } from "./bench-engine.ts";
import { writeMixedDocuments } from "./mixed-documents.ts";
import { commandOf, cpuSeconds, family } from "./processes.ts";
import { median } from "./statistics.ts";

const { values } = parseArgs({ options: { documents: { type: "string", default: "1000" }, slices: { type: "string", default: "5" }, data: { type: "string", default: process.env.LOREKEEP_TEST_DATA ?? "../shared" } } });
const PASSAGE_TOKENS = 128;
const scratch = mkdtempSync(join(tmpdir(), "lorekeep-mixed-"));
const signal = new AbortController().signal;

const host = createNodeWorkerHost(resolve("out", "workers"));
const embedder = await createEmbedder({ workerHost: host, modelFolder: resolve("models", "all-MiniLM-L6-v2"), name: "all-MiniLM-L6-v2" });
const readers = new ReaderPool({ host, limits: defaultLimits, readers: () => 1, maxBytes: () => 200 * 2 ** 20, gate: () => Promise.resolve() });
const engine = await openBenchEngine(join(scratch, "workspace"));
await engine.client.settings.update({ ingest: { ocr: "off" } });

/** Processor seconds by process since the last call: the engine (this process), and each kind of worker. */
const before = new Map<number, number>();
function processorTime(): Record<string, number> {
  const spent: Record<string, number> = {};
  for (const pid of family(process.pid)) {
    const now = cpuSeconds(pid);
    const name = pid === process.pid ? "engine" : basename(commandOf(pid).find((word) => word.endsWith(".mjs")) ?? "other", ".mjs");
    spent[name] = (spent[name] ?? 0) + now - (before.get(pid) ?? 0);
    before.set(pid, now);
  }
  return spent;
}

/** What the product embeds of one file; nothing of one that it refuses. */
async function passagesOf(file: string): Promise<string[]> {
  try {
    const { extraction } = await readers.extract({ file, name: basename(file) }, { signal, onStart: () => undefined, onProgress: () => undefined });
    const text = documentText(extraction.blocks);
    const language = await detectLanguage(text.slice(Math.max(0, text.length / 2 - 1000)));
    const chunks = await chunk(extraction.blocks, {
      target: PASSAGE_TOKENS, maxTokens: embedder.maxTokens, countTokens: (texts) => embedder.countTokens(texts),
      ...(extraction.title === undefined ? {} : { title: extraction.title }), ...(language === undefined ? {} : { language }),
    });
    return chunks.map(({ embedded }) => embedded);
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}

async function readAll(folder: string): Promise<string[]> {
  const queue = new PQueue({ concurrency: defaultLimits.lookAhead + 1 });
  const texts = await Promise.all(readdirSync(folder).sort().map((name) => queue.add(() => passagesOf(join(folder, name)))));
  return texts.flat();
}

async function addAll(folder: string): Promise<void> {
  await engine.client.documents.add({ paths: [folder] });
  await engine.client.queue.idle();
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; cpu: Record<string, number>; made: T }> {
  processorTime();
  const begun = performance.now();
  const made = await work();
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, cpu: processorTime(), made };
}

const rounded = (record: Record<string, number>) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, Number(value.toFixed(1))]));
const total = (records: readonly Record<string, number>[]) => { const sum: Record<string, number> = {}; for (const one of records) for (const [name, value] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + value; return rounded(sum); };

try {
  const folders = Array.from({ length: Number(values.slices) }, (_, i) => join(scratch, `slice-${i}`));
  const counts = writeMixedDocuments(resolve(values.data), folders, Number(values.documents));
  const warm = join(scratch, "warm");
  writeMixedDocuments(resolve(values.data), [warm], 3);
  await embedder.embedPassages(await readAll(warm));
  await addAll(warm);

  const slices: { reading: Awaited<ReturnType<typeof timed<string[]>>>; embedding: Awaited<ReturnType<typeof timed<unknown>>>; whole: Awaited<ReturnType<typeof timed<unknown>>>; passages: number }[] = [];
  const known = new Set<string>();
  for (const folder of folders) {
    const reading = await timed(() => readAll(folder));
    // The product embeds no text twice.
    const fresh = [...new Set(reading.made)].filter((text) => !known.has(text));
    for (const text of fresh) known.add(text);
    const embedding = await timed(() => embedder.embedPassages(fresh));
    const whole = await timed(() => addAll(folder));
    slices.push({ reading, embedding, whole, passages: fresh.length });
    console.error(`${basename(folder)}: ${fresh.length} passages; reading ${reading.seconds.toFixed(1)} s, embedding ${embedding.seconds.toFixed(1)} s, whole ${whole.seconds.toFixed(1)} s`);
  }
  const sum = (pick: (slice: (typeof slices)[number]) => number) => Number(slices.reduce((all, slice) => all + pick(slice), 0).toFixed(1));
  const { documents, failed } = await engine.client.system.status();
  const [reading, embedding, whole] = [sum((one) => one.reading.seconds), sum((one) => one.embedding.seconds), sum((one) => one.whole.seconds)];
  console.log(JSON.stringify({
    documents, failed, passages: sum((one) => one.passages), counts, seconds: { reading, embedding, whole },
    wholeOverLonger: Number((whole / Math.max(reading, embedding)).toFixed(3)), oneAfterTheOther: Number((whole / (reading + embedding)).toFixed(3)),
    medianOfSlices: Number(median(slices.map((one) => one.whole.seconds / Math.max(one.reading.seconds, one.embedding.seconds))).toFixed(3)),
    cpuSeconds: { reading: total(slices.map((one) => one.reading.cpu)), embedding: total(slices.map((one) => one.embedding.cpu)), whole: total(slices.map((one) => one.whole.cpu)) },
  }, null, 2));
} finally {
  readers.dispose();
  await embedder.dispose();
  await engine.dispose();
  rmSync(scratch, { recursive: true, force: true });
}
