/**
 * Resident memory of the embedder's process over many passages: it must not grow.
 *   node scripts/run.mjs scripts/bench/embedder-memory.ts [--passages 50000] [--long 10000] [--words N] [--data ../shared]
 * The first --long texts are as long as the product's passages (about 128 tokens), the rest are single sentences, five times as fast, or with
 * --words stretches of so many words, faster still; all from SciFact, none twice before the collection is through. Sampled after every thousand; the slope is a least-squares line over the samples
 * after the first two thousand.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sentenceRanges } from "../../engine/base/sentences.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { residentMiB } from "./processes.ts";

const { values } = parseArgs({ options: { passages: { type: "string", default: "50000" }, long: { type: "string", default: "10000" }, words: { type: "string" }, data: { type: "string", default: process.env.LOREKEEP_TEST_DATA ?? "../shared" } } });
const total = Number(values.passages);
const long = Math.min(total, Number(values.long));
const STEP = 1000;
const WARM = 2000;
/** Characters of a passage of about 128 tokens of such text. */
const PASSAGE_CHARACTERS = 620;

const articles = readFileSync(join(resolve(values.data), "data", "scifact", "corpus.jsonl"), "utf8").trim().split("\n").map((line) => (JSON.parse(line) as { text: string }).text);
const sentences = articles.flatMap((text) => sentenceRanges(text).map(({ start, end }) => text.slice(start, end)));

function passages(): string[] {
  const made: string[] = [];
  let open = "";
  for (const sentence of sentences) {
    open = open === "" ? sentence : `${open} ${sentence}`;
    if (open.length >= PASSAGE_CHARACTERS) { made.push(open); open = ""; }
  }
  return made;
}

const repeated = (texts: readonly string[], count: number): string[] => Array.from({ length: count }, (_, i) => texts[i % texts.length] ?? "");
function stretches(count: number): string[] {
  const words = articles.join(" ").split(/\s+/);
  return Array.from({ length: Math.floor(words.length / count) }, (_, i) => words.slice(i * count, (i + 1) * count).join(" "));
}

const short = values.words === undefined ? sentences : stretches(Number(values.words));
const texts = [...repeated(passages(), long), ...repeated(short, total - long)];

const embedder = await createEmbedder({ workerHost: createNodeWorkerHost(join(process.cwd(), "out", "workers")), modelFolder: join(process.cwd(), "models", "all-MiniLM-L6-v2"), name: "all-MiniLM-L6-v2" });
const samples: { done: number; mib: number }[] = [];
const begun = performance.now();
for (let at = 0; at < texts.length; at += STEP) {
  await embedder.embedPassages(texts.slice(at, at + STEP));
  const sample = { done: Math.min(texts.length, at + STEP), mib: residentMiB(embedder.state.pid ?? 0) };
  samples.push(sample);
  console.error(`${sample.done} ${sample.mib} MiB ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}
const seconds = (performance.now() - begun) / 1000;
const { restarts } = embedder.state;
await embedder.dispose();

function slopePerThousand(points: readonly { done: number; mib: number }[]): number {
  const x = points.map(({ done }) => done / STEP);
  const y = points.map(({ mib }) => mib);
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((sum, one, i) => sum + (one - mx) * ((y[i] ?? 0) - my), 0) / x.reduce((sum, one) => sum + (one - mx) ** 2, 0);
}

const warm = samples.filter(({ done }) => done > WARM);
const part = (name: string, points: typeof warm) => ({ [name]: { samples: points.length, minMiB: Math.min(...points.map(({ mib }) => mib)), maxMiB: Math.max(...points.map(({ mib }) => mib)), mibPerThousand: Number(slopePerThousand(points).toFixed(3)) } });
console.log(JSON.stringify({
  total: texts.length, long, seconds: Math.round(seconds), restarts, first: samples[0]?.mib, last: samples.at(-1)?.mib,
  ...part("all", warm), ...part("passages", warm.filter(({ done }) => done <= long)), ...part("short", warm.filter(({ done }) => done > long)),
  samples: samples.map(({ mib }) => mib),
}));
