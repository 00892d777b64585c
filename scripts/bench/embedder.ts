/**
 * The embedder against bare loops of the same model over the same texts, one text at a time, one thread: transformers.js; ONNX Runtime's own
 * session with tokens, pooling and normalisation around it; and the session alone, over inputs made beforehand.
 *   node scripts/run.mjs scripts/bench/embedder.ts [--data FOLDER] [--texts 400]
 * All run in turns of sixteen texts, so that a noisy machine disturbs them alike; the figures to look at are the medians of the turns'
 * ratios (aim: 0.9 and more).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AutoModel, AutoTokenizer, env, mean_pooling, type Tensor } from "@huggingface/transformers";
import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import pidusage from "pidusage";
import { dot } from "../../engine/base/vectors.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { cpuSeconds } from "./processes.ts";
import { median } from "./statistics.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/data/scifact" }, texts: { type: "string", default: "400" } } });
const TURN = 16;
const modelFolder = join(process.cwd(), "models", "all-MiniLM-L6-v2");
const all = readFileSync(join(values.data, "corpus.jsonl"), "utf8").trim().split("\n").map((line) => (JSON.parse(line) as { text: string }).text);

env.allowRemoteModels = false;
const tokenizer = await AutoTokenizer.from_pretrained(modelFolder);
const model = await AutoModel.from_pretrained(modelFolder, { dtype: "q8", session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 } });
async function bare(text: string): Promise<Float32Array> {
  const inputs = tokenizer(text, { truncation: true, max_length: 256 }) as { attention_mask: Tensor };
  const { last_hidden_state } = (await model(inputs)) as { last_hidden_state: Tensor };
  return Float32Array.from(mean_pooling(last_hidden_state, inputs.attention_mask).normalize(2, -1).data as Float32Array);
}

const session = await InferenceSession.create(join(modelFolder, "onnx", "model_quantized.onnx"), { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: "sequential" });
function feedsOf(text: string): Record<string, OnnxTensor> {
  const ids = tokenizer.encode(text);
  const filled = (value: (id: number) => bigint) => new OnnxTensor("int64", BigInt64Array.from(ids, value), [1, ids.length]);
  return { input_ids: filled(BigInt), attention_mask: filled(() => 1n), token_type_ids: filled(() => 0n) };
}
async function onnx(text: string): Promise<Float32Array> {
  const { last_hidden_state: hidden } = await session.run(feedsOf(text));
  const [, tokens = 0, width = 0] = hidden?.dims ?? [];
  const values = hidden?.data as Float32Array; // the model's one output is declared as 32-bit floats
  const mean = new Float32Array(width);
  for (let row = 0; row < tokens; row++) for (let i = 0; i < width; i++) mean[i]! += values[row * width + i]!;
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0));
  return mean.map((value) => value / length);
}

const embedder = await createEmbedder({ workerHost: createNodeWorkerHost(join(process.cwd(), "out", "workers")), modelFolder, name: "all-MiniLM-L6-v2" });
// Texts that are not cut: where they are, we keep the closing token and the library does not.
const texts = all.filter((text) => tokenizer.encode(text).length <= embedder.maxTokens).slice(0, Number(values.texts));
await bare("warm");
await embedder.embedQuery("warm");

type Side = "bare" | "onnx" | "session" | "ours";
const turns: Record<Side, number>[] = [];
let lowestCosine = 1;
/** Processor seconds of both processes by side: a busy machine stretches the clock, not these. */
const cpu: Record<Side, number> = { bare: 0, onnx: 0, session: 0, ours: 0 };
const processorTime = () => cpuSeconds(process.pid) + cpuSeconds(embedder.state.pid ?? 0);
const timed = async <T>(side: Side, work: () => Promise<T>): Promise<{ ms: number; made: T }> => {
  const spent = processorTime();
  const begun = performance.now();
  const made = await work();
  const ms = performance.now() - begun;
  cpu[side] += processorTime() - spent;
  return { ms, made };
};
const each = async <I, O>(items: readonly I[], work: (item: I) => Promise<O>): Promise<O[]> => {
  const made: O[] = [];
  for (const item of items) made.push(await work(item));
  return made;
};
await onnx("warm");
for (let at = 0; at < texts.length; at += TURN) {
  const turn = texts.slice(at, at + TURN);
  const feeds = turn.map(feedsOf);
  const library = await timed("bare", () => each(turn, bare));
  const runtime = await timed("onnx", () => each(turn, onnx));
  const alone = await timed("session", () => each(feeds, (feed) => session.run(feed)));
  const ours = await timed("ours", () => embedder.embedPassages(turn));
  turns.push({ bare: library.ms, onnx: runtime.ms, session: alone.ms, ours: ours.ms });
  for (const [i, vector] of ours.made.entries()) for (const expected of [library.made[i], runtime.made[i]]) lowestCosine = Math.min(lowestCosine, dot(vector, expected ?? new Float32Array()));
}
const perSecond = (side: Side) => Number((texts.length / (turns.reduce((sum, turn) => sum + turn[side], 0) / 1000)).toFixed(1));
const against = (side: Side) => Number(median(turns.map((turn) => turn[side] / turn.ours)).toFixed(3));
const { memory } = await pidusage(embedder.state.pid ?? process.pid);
console.log(JSON.stringify({
  texts: texts.length, perSecond: { transformers: perSecond("bare"), onnxRuntime: perSecond("onnx"), sessionAlone: perSecond("session"), ours: perSecond("ours") },
  oursOver: { transformers: against("bare"), onnxRuntime: against("onnx"), sessionAlone: against("session") },
  cpuMsPerText: Object.fromEntries(Object.entries(cpu).map(([side, seconds]) => [side, Number(((1000 * seconds) / texts.length).toFixed(1))])),
  lowestCosine: Number(lowestCosine.toFixed(6)), workerMiB: Math.round(memory / 2 ** 20),
}, null, 2));
await session.release();
await embedder.dispose();
