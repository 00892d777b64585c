// Merging speed and memory: a synthetic llama of about 1 GB with an adapter of rank 16 on every linear layer, through the worker process.
// `node scripts/run.mjs scripts/bench/merge.ts [gigabytes]`
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberTypes, bytesOf, encode, type NumberType } from "../../engine/base/gguf/numbers.ts";
import { layOut, type GgufEntry, type TensorToWrite } from "../../engine/base/gguf/writer.ts";
import type { MergeType } from "../../engine/contract/tune.ts";
import { createEngine } from "../../engine/engine.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { watchMemory } from "./processes.ts";

const root = process.cwd();
const gigabytes = Number(process.argv[2] ?? 1);
const [width, forward, vocabulary, rank] = [2048, 5632, 32_000, 16];
const perLayer: [string, number, number][] = [["attn_q", width, width], ["attn_k", width, 256], ["attn_v", width, 256], ["attn_output", width, width], ["ffn_gate", width, forward], ["ffn_up", width, forward], ["ffn_down", forward, width]];
const layers = Math.max(1, Math.round((gigabytes * 1e9 - 2 * 2 * width * vocabulary) / (2 * perLayer.reduce((sum, [, inputs, outputs]) => sum + inputs * outputs, 0))));

/** Numbers around 0 as trained weights have them; the same block again and again, since only their count matters here. */
const block = Float32Array.from({ length: 2 ** 18 }, (_, i) => Math.sin(i * 12.9898) * 0.05);

function write(path: string, { entries, tensors, type }: { entries: GgufEntry[]; tensors: Omit<TensorToWrite, "type">[]; type: NumberType }): void {
  const layout = layOut(entries, tensors.map((tensor) => ({ ...tensor, type: numberTypes[type] })));
  const stored = new Uint8Array(bytesOf(type, block.length));
  encode(type, block, block.length, stored);
  const file = openSync(path, "w");
  writeSync(file, layout.header);
  for (const { bytes, padding } of layout.tensors) {
    for (let left = bytes; left > 0; left -= stored.length) writeSync(file, stored, 0, Math.min(left, stored.length));
    writeSync(file, new Uint8Array(padding));
  }
  closeSync(file);
}

const text = (key: string, value: string): GgufEntry => ({ key, type: "string", value });
const whole = (key: string, value: number): GgufEntry => ({ key, type: "uint32", value });
const linear = Array.from({ length: layers }, (_, layer) => perLayer.map(([name, inputs, outputs]) => ({ name: `blk.${layer}.${name}.weight`, inputs, outputs }))).flat();

/** A vocabulary in the metadata's own bytes: the writer needs none, the header check does. */
function vocabularyEntry(): GgufEntry {
  const key = Buffer.from("tokenizer.ggml.tokens");
  const head = Buffer.alloc(8 + key.length + 16);
  head.writeBigUInt64LE(BigInt(key.length));
  key.copy(head, 8);
  head.writeUInt32LE(9, 8 + key.length);
  head.writeUInt32LE(8, 12 + key.length);
  head.writeBigUInt64LE(BigInt(vocabulary), 16 + key.length);
  const token = Buffer.alloc(9, "t");
  token.writeBigUInt64LE(1n);
  return { key: "tokenizer.ggml.tokens", type: "raw", bytes: Buffer.concat([head, ...Array.from({ length: vocabulary }, () => token)]) };
}

const folder = mkdtempSync(join(tmpdir(), "lorekeep-merge-"));
const engine = await createEngine({ workspace: join(folder, "workspace"), hostKind: "test", workerHost: createNodeWorkerHost(join(root, "out", "workers")), resources: root, version: "0.0.0-bench" });
try {
  const [base, adapter] = [join(folder, "base.gguf"), join(folder, "adapter.gguf")];
  write(base, { type: "F16", entries: [text("general.architecture", "llama"), whole("llama.block_count", layers), text("tokenizer.ggml.model", "gpt2"), vocabularyEntry()], tensors: [{ name: "token_embd.weight", shape: [width, vocabulary] }, { name: "output.weight", shape: [width, vocabulary] }, ...linear.map(({ name, inputs, outputs }) => ({ name, shape: [inputs, outputs] }))] });
  write(adapter, { type: "F16", entries: [text("general.architecture", "llama"), text("general.type", "adapter"), text("adapter.type", "lora"), { key: "adapter.lora.alpha", type: "float32", value: 32 }], tensors: linear.flatMap(({ name, inputs, outputs }) => [{ name: `${name}.lora_a`, shape: [inputs, rank] }, { name: `${name}.lora_b`, shape: [rank, outputs] }]) });
  const size = statSync(base).size;
  console.log(`base ${(size / 1e9).toFixed(2)} GB F16, ${layers} layers, adapter rank ${rank} on ${linear.length} weights, ${(statSync(adapter).size / 1e6).toFixed(0)} MB\n`);
  console.log("| written as | hashing s | merging s | MB of base/s | processor s, with hashing | peak MiB of the worker | engine's longest pause ms |\n| --- | --- | --- | --- | --- | --- | --- |");
  for (const type of ["as-base", "BF16", "Q8_0", "F32"] satisfies MergeType[]) console.log(await measured(type, { base, adapter, size }));
} finally {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
}

async function measured(type: MergeType, { base, adapter, size }: { base: string; adapter: string; size: number }): Promise<string> {
  const output = join(folder, `merged-${type}.gguf`);
  const [memory, pauses] = [watchMemory(process.pid), watchPauses()];
  const [begun, worked] = [performance.now(), await processorSeconds()];
  let merging = begun;
  for await (const event of await engine.client.tune.merge({ base: { path: base }, adapters: [{ adapter: { path: adapter } }], type, output })) if (event.type === "progress" && event.step === "checking") merging = performance.now();
  const ended = performance.now();
  memory.stop();
  const processor = (await processorSeconds()) - worked;
  rmSync(output);
  const seconds = (ended - merging) / 1000;
  return `| ${type === "as-base" ? "F16 (as base)" : type} | ${((merging - begun) / 1000).toFixed(1)} | ${seconds.toFixed(1)} | ${(size / 1e6 / seconds).toFixed(0)} | ${processor.toFixed(1)} | ${Math.round(memory.peaks.get("tuner.mjs") ?? 0)} | ${pauses.longest().toFixed(0)} |`;
}

/** Processor time of the worker so far, in seconds; Linux only. */
async function processorSeconds(): Promise<number> {
  const pid = (await engine.client.system.status()).workers.find((worker) => worker.name === "tuner")?.pid;
  if (pid === undefined) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100; // utime and stime, in ticks of 10 ms
}

/** How late the engine's own timers come, in milliseconds. */
function watchPauses(): { longest(): number } {
  let [longest, last] = [0, performance.now()];
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 10);
    last = performance.now();
  }, 10);
  return { longest: () => { clearInterval(timer); return longest; } };
}
