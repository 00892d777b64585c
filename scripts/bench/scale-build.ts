import { readFile, writeFile } from "node:fs/promises";
import type { KnowledgeStore } from "../../engine/knowledge/store.ts";
import { PASSAGES_PER_DOCUMENT, type ScaleCorpus } from "./scale-corpus.ts";

/** Passages per commit, as the ingest batches them when it is busy. */
const BATCH = 8000;

/** Seconds by step, over all runs that built this store. */
export interface BuildTimes {
  put: number;
  index: number;
  /** Making up the texts and vectors: no part of the store's work. */
  generate: number;
}

/** Fills the store up to `passages`, going on where an earlier run stopped. Stops after `seconds`. @returns whether all are there. */
export async function build(store: KnowledgeStore, corpus: ScaleCorpus, target: { passages: number; times: string; seconds: number }): Promise<{ complete: boolean; times: BuildTimes }> {
  const end = performance.now() + target.seconds * 1000;
  const times: BuildTimes = await readFile(target.times, "utf8").then((text) => JSON.parse(text) as BuildTimes, () => ({ put: 0, index: 0, generate: 0 }));
  const timed = async <T>(step: keyof BuildTimes, work: () => Promise<T> | T): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    times[step] += (performance.now() - begun) / 1000;
    return result;
  };
  let next = (await store.committed()).size;
  const documents = target.passages / PASSAGES_PER_DOCUMENT;
  while (next < documents && performance.now() < end) {
    const count = Math.min(BATCH / PASSAGES_PER_DOCUMENT, documents - next);
    const batch = await timed("generate", () => Array.from({ length: count }, (_, i) => corpus.document(next + i)));
    await timed("put", () => store.put(batch));
    next += count;
    process.stderr.write(`${next * PASSAGES_PER_DOCUMENT} passages, put ${times.put.toFixed(0)} s\n`);
    await writeFile(target.times, JSON.stringify(times));
  }
  if (next >= documents) await timed("index", () => store.maintain());
  await writeFile(target.times, JSON.stringify(times));
  return { complete: next >= documents, times };
}
