/**
 * What indexing costs the person who reads an answer: tokens/s of answers with the queue paused and with a large folder being indexed, in
 * turns in one run.
 *   node scripts/run.mjs scripts/bench/answer-while-indexing.ts [--model heavy|FILE] [--mode base|documents] [--turns 9] [--answers 5] [--data ../shared]
 * heavy: a llama of 85 million random weights behind the toy world's tokenizer, since the real models at hand are done with an answer in some
 * hundredths of a second. A turn is so many answers one after the other; its figure is their median. Before a turn of the second kind indexing must be seen to get on,
 * else the run fails. Aim: 0.8 of the paused turns or more. llama.cpp and ONNX Runtime have one thread each.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { AnswerTrace, AnswerMode } from "../../engine/contract/answers.ts";
import { openBenchEngine } from "./bench-engine.ts";
import { writeHeavyModel } from "./heavy-model.ts";
import { median } from "./statistics.ts";

const { values } = parseArgs({ options: {
  model: { type: "string", default: "heavy" }, mode: { type: "string", default: "base" }, turns: { type: "string", default: "9" }, answers: { type: "string", default: "1" },
  data: { type: "string", default: process.env.LOREKEEP_TEST_DATA ?? "../shared" },
} });
const data = resolve(values.data);
const mode: AnswerMode = values.mode === "base" ? "base" : "documents";
const questions = ["When is the weekly meeting of Survey Sordan?", "What is the budget of Survey Delras?", "Where does Survey Delras meet?", "When does Survey Sordan get under way?", "Who is the mayor of Krasil?"];

interface Turn { readonly tokensPerSecond: number; readonly firstTokenMs: number; readonly totalMs: number; readonly tokens: number }

const scratch = mkdtempSync(join(tmpdir(), "lorekeep-while-"));
const engine = await openBenchEngine(join(scratch, "workspace"));
const { client } = engine;

/** SciFact's abstracts as files: minutes of work for one thread. */
function writeFolder(): string {
  const folder = join(scratch, "abstracts");
  mkdirSync(folder);
  for (const line of readFileSync(join(data, "data", "scifact", "corpus.jsonl"), "utf8").trim().split("\n")) {
    const { _id, title, text } = JSON.parse(line) as { _id: string; title: string; text: string };
    writeFileSync(join(folder, `${_id}.md`), `# ${title}\n\n${text}\n`);
  }
  return folder;
}

function modelFile(): string {
  if (values.model !== "heavy") return resolve(values.model);
  const file = join(scratch, "heavy.gguf");
  writeHeavyModel(resolve("test/fixtures/toy-world/models/toy-world-base-q8.gguf"), file);
  return file;
}

async function ask(text: string): Promise<AnswerTrace> {
  const sampling = { temperature: mode === "base" ? 0.8 : 0, seed: 1, maxTokens: 256 };
  for await (const event of await client.answers.ask({ text, options: { mode, adapters: [], filter: {}, sampling } })) {
    if (event.type !== "done") continue;
    if (event.message.state !== "complete") throw new Error(event.message.error?.reason ?? "The answer was stopped.");
    return event.message.trace;
  }
  throw new Error("The stream ended without an answer.");
}

async function turn(): Promise<Turn> {
  const traces: AnswerTrace[] = [];
  for (let i = 0; i < Number(values.answers); i++) traces.push(await ask(questions[i % questions.length] ?? ""));
  const of = (pick: (trace: AnswerTrace) => number | undefined) => median(traces.flatMap((trace) => pick(trace) ?? []));
  return { tokensPerSecond: of((trace) => trace.tokensPerSecond), firstTokenMs: of((trace) => trace.firstTokenMs), totalMs: of((trace) => trace.totalMs), tokens: of((trace) => trace.tokens.completion) };
}

const indexed = async () => (await client.system.status()).queue.done;
const later = (ms: number) => new Promise((done) => { setTimeout(done, ms); });

/** Lets the queue run until it gets on: documents are done, so readers, embedder and store are warm. */
async function resume(): Promise<void> {
  const before = await indexed();
  await client.queue.resume();
  for (let waited = 0; waited < 60; waited++) {
    await later(500);
    if (waited >= 2 && (await indexed()) > before) return;
  }
  throw new Error("Nothing was indexed in thirty seconds: there is nothing to compare with.");
}

try {
  await client.documents.add({ paths: [resolve("test/fixtures/toy-world/documents")] });
  await client.queue.idle();
  for await (const event of await client.models.import({ path: modelFile() })) if (event.type === "done") break;
  await turn(); // Loads the model.
  await client.queue.pause();
  await client.documents.add({ paths: [writeFolder()] });
  const paused: Turn[] = [];
  const indexing: Turn[] = [];
  for (let i = 0; i < Number(values.turns); i++) {
    await client.queue.pause();
    await later(1500); // What is on its way comes to its end.
    paused.push(await turn());
    await resume();
    indexing.push(await turn());
  }
  const compare = (pick: (one: Turn) => number) => {
    const ratios = indexing.map((one, i) => pick(one) / pick(paused[i] ?? one));
    return { paused: Number(median(paused.map(pick)).toFixed(1)), indexing: Number(median(indexing.map(pick)).toFixed(1)), ratio: Number(median(ratios).toFixed(3)), ratios: ratios.map((ratio) => Number(ratio.toFixed(2))) };
  };
  console.log(JSON.stringify({
    model: values.model, mode, turns: paused.length, answersPerTurn: Number(values.answers), tokensPerAnswer: median(paused.map((one) => one.tokens)), indexedMeanwhile: await indexed(),
    tokensPerSecond: compare((one) => one.tokensPerSecond), firstTokenMs: compare((one) => one.firstTokenMs), totalMs: compare((one) => one.totalMs),
  }, null, 2));
} finally {
  await engine.dispose();
  rmSync(scratch, { recursive: true, force: true });
}
