import { availableParallelism } from "node:os";
import type { LlamaModel, Token } from "node-llama-cpp";

const TOKENS = 8;
const MEASURE_MS = 1500;
/** More threads must be this much faster to be worth their heat. */
const WORTHWHILE = 0.95;

/** Thread counts worth measuring: powers of two and the most there may be, which leaves one core free. */
export function threadCandidates(cores: number): number[] {
  const most = Math.max(1, cores - 1);
  const counts = new Set<number>();
  for (let n = 1; n < most; n *= 2) counts.add(n);
  return [...counts.add(most)];
}

/**
 * The thread policy of DESIGN §5: decodes a few tokens with each candidate and takes the fastest, because neither the number of
 * cores nor of hyper-threads says it. Ends early once more threads are slower. Costs a second or two, once per model and machine:
 * the engine keeps the result.
 */
export async function measureThreads(model: LlamaModel, signal?: AbortSignal, cores = availableParallelism()): Promise<number> {
  const candidates = threadCandidates(cores);
  let best = { threads: candidates[0] ?? 1, ms: Number.POSITIVE_INFINITY };
  if (candidates.length === 1) return best.threads;
  for (const threads of candidates) {
    signal?.throwIfAborted();
    const ms = await millisecondsPerToken(model, threads);
    if (ms < best.ms * WORTHWHILE) best = { threads, ms };
    else if (ms > best.ms * 1.5) break;
  }
  return best.threads;
}

async function millisecondsPerToken(model: LlamaModel, threads: number): Promise<number> {
  const context = await model.createContext({ contextSize: 64, sequences: 1, threads });
  try {
    const sequence = context.getSequence();
    const token = model.tokens.bos ?? model.tokens.eos ?? (0 as Token); // Token is a branded number; 0 exists in every vocabulary
    await sequence.evaluateWithoutGeneratingNewTokens([token]); // the first touches the weights on disk
    const times: number[] = [];
    const start = performance.now();
    while (times.length < TOKENS && (times.length < 2 || performance.now() - start < MEASURE_MS)) {
      const before = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens([token]);
      times.push(performance.now() - before);
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY;
  } finally {
    await context.dispose();
  }
}
