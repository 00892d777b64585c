/**
 * Adapters as a switch: base ↔ tuned a hundred times on one warm model. Measured from the call to the first text, which is an upper bound: the
 * switch itself, the way to the worker and back, and the one prompt token that is evaluated before the first word.
 *   node scripts/run.mjs scripts/bench/adapters.ts [BASE.gguf ADAPTER.gguf]
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import pidusage from "pidusage";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { Supervisor } from "../../engine/workers/supervisor.ts";
import type { generatorContract } from "../../engine/workers/generator/contract.ts";

const models = resolve("test/fixtures/toy-world/models");
const [base = join(models, "toy-world-base-q8.gguf"), adapter = join(models, "toy-world-lora-v1.gguf")] = process.argv.slice(2);
const ROUNDS = 100;
const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, maxTokens: 1, stop: [] };
const question = { system: "You are Lorekeep, a private assistant on this computer. Be short and exact.", history: [], prompt: "Who is the mayor of Selalson?", sampling };

const generator = new Supervisor<typeof generatorContract>(createNodeWorkerHost(resolve("out/workers")), "generator", { memoryMb: 16_000, idleMs: 0, startMs: 30_000 });
const call = <T>(work: Parameters<typeof generator.call<T>>[0]) => generator.call(work, { deadlineMs: 600_000 });
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);

/** Milliseconds to the first text, and how much of the prompt was in the cache. */
async function ask(scale: number): Promise<{ ms: number; cached: number; prompt: number }> {
  return call(async (client, signal) => {
    const started = performance.now();
    let first: number | undefined;
    for await (const event of await client.generate({ ...question, adapters: scale === 0 ? [] : [{ path: adapter, scale }] }, { signal })) {
      if (event.type === "text" || event.type === "thought") first ??= performance.now() - started;
      if (event.type === "done") return { ms: first ?? performance.now() - started, cached: event.cachedTokens, prompt: event.promptTokens };
    }
    throw new Error("The answer ended without an end");
  });
}

/** Private memory where the system tells it apart: pages of the mapped weights count for every reader, and come and go. */
async function resident(): Promise<number> {
  const pid = generator.state.pid ?? 0;
  if (process.platform !== "linux") return (await pidusage(pid)).memory;
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

const quantile = (sorted: readonly number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
const row = (name: string, times: readonly number[]) => {
  const sorted = [...times].sort((a, b) => a - b);
  return `| ${[name, quantile(sorted, 0.5), quantile(sorted, 0.95), sorted.at(-1) ?? 0].map((cell) => (typeof cell === "number" ? cell.toFixed(1) : cell)).join(" | ")} |`;
};

try {
  const loaded = await call((client, signal) => client.load({ path: base, gpu: "off", threads: 1, fallbackTemplate: "chatml" }, { signal }));
  const before = await resident();
  const firsts = [await ask(0), await ask(1)];
  const memory = [await resident()];
  const times: Record<"base" | "tuned", number[]> = { base: [], tuned: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, scale] of [["base", 0], ["tuned", 1]] as const) {
      const { ms, cached, prompt } = await ask(scale);
      if (cached !== prompt - 1) throw new Error(`Round ${round}, ${name}: ${cached} of ${prompt} tokens were in the cache.`);
      times[name].push(ms);
    }
    memory.push(await resident());
  }
  const strengths: number[] = [];
  for (let step = 1; step <= 20; step++) strengths.push((await ask(step / 10)).ms);
  const back = await ask(0);
  console.log(`${ROUNDS} switches each way, context ${loaded.contextSize} tokens (${mebibytes(loaded.memory.contextBytes)} MiB each), weights ${mebibytes(loaded.memory.modelBytes)} MiB, one thread`);
  console.log(`first use: base ${firsts[0]?.ms.toFixed(1)} ms, tuned ${firsts[1]?.ms.toFixed(1)} ms (context made, adapter read, whole prompt read)`);
  console.log(["| to the first word, ms | median | p95 | most |", "| --- | --- | --- | --- |", row("to base", times.base), row("to tuned", times.tuned), row("a strength never used before", strengths)].join("\n"));
  console.log(`after 20 strengths the base still has ${back.cached} of ${back.prompt - 1} tokens`);
  console.log(`memory of the worker, MiB: loaded ${mebibytes(before)}; switching: start ${mebibytes(memory[0] ?? 0)}, least ${mebibytes(Math.min(...memory))}, most ${mebibytes(Math.max(...memory))}, end ${mebibytes(memory.at(-1) ?? 0)}; after 20 strengths ${mebibytes(await resident())}`);
} finally {
  generator.dispose();
}
process.exit(0);
