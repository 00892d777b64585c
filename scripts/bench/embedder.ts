/**
 * The embedder against a bare loop of the same model over the same texts, one text at a time, one thread.
 *   node scripts/run.mjs scripts/bench/embedder.ts [--data FOLDER] [--texts 400]
 * Both run in turns of sixteen texts, so that a noisy machine disturbs both alike; the figure to look at is the median of the turns'
 * ratios (aim: 0.9 and more).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AutoModel, AutoTokenizer, env, mean_pooling, type Tensor } from "@huggingface/transformers";
import pidusage from "pidusage";
import { dot } from "../../engine/base/vectors.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";

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

const embedder = await createEmbedder({ workerHost: createNodeWorkerHost(join(process.cwd(), "out", "workers")), modelFolder, name: "all-MiniLM-L6-v2" });
// Texts that are not cut: where they are, we keep the closing token and the library does not.
const texts = all.filter((text) => tokenizer.encode(text).length <= embedder.maxTokens).slice(0, Number(values.texts));
await bare("warm");
await embedder.embedQuery("warm");

const turns: { bare: number; ours: number }[] = [];
let lowestCosine = 1;
for (let at = 0; at < texts.length; at += TURN) {
  const turn = texts.slice(at, at + TURN);
  const expected: Float32Array[] = [];
  const t0 = performance.now();
  for (const text of turn) expected.push(await bare(text));
  const t1 = performance.now();
  const vectors = await embedder.embedPassages(turn);
  turns.push({ bare: t1 - t0, ours: performance.now() - t1 });
  vectors.forEach((vector, i) => { lowestCosine = Math.min(lowestCosine, dot(vector, expected[i] ?? new Float32Array())); });
}
const ratios = turns.map((turn) => turn.bare / turn.ours).sort((a, b) => a - b);
const perSecond = (side: "bare" | "ours") => Number((texts.length / (turns.reduce((sum, turn) => sum + turn[side], 0) / 1000)).toFixed(1));
const { memory } = await pidusage(embedder.state.pid ?? process.pid);
console.log(JSON.stringify({
  texts: texts.length, barePerSecond: perSecond("bare"), oursPerSecond: perSecond("ours"),
  medianRatio: Number((ratios[Math.floor(ratios.length / 2)] ?? 0).toFixed(3)), ratio: Number((perSecond("ours") / perSecond("bare")).toFixed(3)),
  lowestCosine: Number(lowestCosine.toFixed(6)), workerMiB: Math.round(memory / 2 ** 20),
}, null, 2));
await embedder.dispose();
