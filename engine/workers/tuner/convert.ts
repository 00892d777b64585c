import { basename, dirname, join } from "node:path";
import { open, stat } from "node:fs/promises";
import { bytesOf, decode, encode } from "../../base/gguf/numbers.ts";
import { layOut, type GgufEntry } from "../../base/gguf/writer.ts";
import { ensureDiskSpace, type FreeBytes } from "../../base/disk.ts";
import { LorekeepError } from "../../base/errors.ts";
import { sha256File } from "../../base/hash.ts";
import { baseFacts, shortName, type BaseFacts } from "./base-facts.ts";
import type { ConvertDone, ConvertJob } from "./contract.ts";
import { halvesByModule, planConversion, type Factor } from "./convert-plan.ts";
import { refuseUnfitNumbers } from "./limits.ts";
import { OutputFile } from "./output-file.ts";
import { readPeftConfig, type PeftConfig } from "./peft-config.ts";
import { hashOpen } from "./read.ts";
import { SafeTensors } from "./safetensors.ts";
import { rowsToPairs, transposed } from "./turn.ts";

/** What of a folder is read, as PEFT names it. */
const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";

export interface Hooks {
  readonly signal: AbortSignal;
  /** Bytes written, and before that bytes hashed. */
  readonly progress: (done: number, total: number) => void;
  readonly checking: (done: number, total: number) => void;
  /** Replaced in tests. */
  readonly freeBytes?: FreeBytes;
}

/**
 * A PEFT folder becomes a GGUF adapter, one tensor in memory at a time.
 * @throws LorekeepError MODEL_REFUSED (by name), NOT_FOUND, NO_SPACE, READ_ONLY; AbortError. Nothing is left behind then.
 */
export async function convertAdapter(job: ConvertJob, hooks: Hooks): Promise<ConvertDone> {
  const { signal, progress, freeBytes } = hooks;
  const config = await readPeftConfig(join(job.folder, CONFIG)).catch(async (error: unknown) => { throw await asFolder(error, job.folder); });
  const file = await SafeTensors.open(join(job.folder, WEIGHTS)).catch(async (error: unknown) => { throw await asWeights(error, job.folder); });
  try {
    const { modules, notes } = halvesByModule(file.tensors);
    const base = await baseFacts(job.base?.path, { folder: job.folder, named: config.baseModel, modules: [...modules.keys()] });
    const factors = planConversion(modules, { config, base, type: job.type });
    const layout = layOut(entries(job, config, base), factors);
    await ensureDiskSpace(dirname(job.place.final), layout.fileBytes, freeBytes);
    const origin = await originOf(job, { file, isGguf: base.weights !== undefined }, hooks);
    const written = await OutputFile.write(job.place, async (output) => {
      await output.append(layout.header);
      for (const tensor of layout.tensors) {
        signal.throwIfAborted();
        await output.append(converted(tensor, await file.read(tensor.source)));
        await output.pad(tensor.padding);
        progress(output.bytes, layout.fileBytes);
      }
    });
    return { ...written, ...origin, notes: [...notes], architecture: base.family.architecture, rank: config.rank, alpha: config.alpha, targets: factors.length / 2 };
  } finally {
    await file.close();
  }
}

/** Hashes of what the adapter is made from: of the folder what is read, of a base that is a GGUF the file. They are told, not written: the file has the keys of llama.cpp's converter. */
async function originOf({ folder, base }: ConvertJob, { file, isGguf }: { file: SafeTensors; isGguf: boolean }, { signal, checking }: Hooks): Promise<Pick<ConvertDone, "sources" | "baseSha256">> {
  const unknown = base && isGguf && base.sha256 === undefined ? base.path : undefined;
  const weightBytes = await file.size();
  const total = weightBytes + (unknown === undefined ? 0 : (await stat(unknown)).size);
  const weights = await file.sha256({ signal, onBytes: (done) => checking(done, total) });
  const baseSha256 = unknown === undefined ? (isGguf ? base?.sha256 : undefined) : await hashPath(unknown, { signal, onBytes: (done) => checking(weightBytes + done, total) });
  const sources = [{ name: CONFIG, sha256: await sha256File(join(folder, CONFIG), signal) }, { name: WEIGHTS, sha256: weights }];
  return { sources, ...(baseSha256 === undefined ? {} : { baseSha256 }) };
}

async function hashPath(path: string, about: Parameters<typeof hashOpen>[1]): Promise<string> {
  const file = await open(path, "r");
  try {
    return await hashOpen(file, about);
  } finally {
    await file.close();
  }
}

/** The bytes of one factor as the GGUF wants them. Every number is looked at; without a change of type or scale, none is touched. */
function converted({ from, to, turn, times, source, name }: Factor, bytes: Uint8Array): Uint8Array {
  const [rows = 0, columns = 0] = source.shape;
  let result = bytes;
  const values = new Float32Array(rows * columns);
  decode(from, bytes, values.length, values);
  if (times !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * times;
  refuseUnfitNumbers(values, values.length, { tensor: name, type: to });
  if (from !== to || times !== 1) {
    result = new Uint8Array(bytesOf(to, values.length));
    encode(to, values, values.length, result);
  }
  if (turn.kind === "pairs") return rowsToPairs(result, { rows, rowBytes: bytesOf(to, columns), heads: turn.heads });
  return turn.kind === "transpose" ? transposed(result, { rows, columns, width: bytesOf(to, 1) }) : result;
}

/** The keys that llama.cpp's own converter writes, and the base as far as it is known. A path of the person's machine stays out of the file. */
function entries({ name }: ConvertJob, config: PeftConfig, base: BaseFacts): GgufEntry[] {
  const text = (key: string, value: string): GgufEntry => ({ key, type: "string", value });
  const named = config.baseModel?.trim();
  const hub = named === undefined ? undefined : /^([\w-][\w.-]*)\/([\w-][\w.-]*)$/.exec(named);
  const baseName = hub?.[2] ?? (named ? shortName(named) : base.name);
  return [
    text("general.architecture", base.family.architecture),
    text("general.type", "adapter"),
    text("adapter.type", "lora"),
    { key: "adapter.lora.alpha", type: "float32", value: config.alpha },
    text("general.name", name),
    ...(baseName === undefined ? [] : [{ key: "general.base_model.count", type: "uint32" as const, value: 1 }, text("general.base_model.0.name", baseName)]),
    ...(hub?.[1] === undefined ? [] : [text("general.base_model.0.organization", hub[1]), text("general.base_model.0.repo_url", `https://huggingface.co/${hub[0]}`)]),
    { key: "general.quantization_version", type: "uint32", value: 2 },
  ];
}

const isThere = (path: string) => stat(path).then(() => true, () => false);
const isMissing = (error: unknown) => error instanceof LorekeepError && error.code === "NOT_FOUND";

async function asFolder(error: unknown, folder: string): Promise<unknown> {
  if (!isMissing(error)) return error;
  if (!(await isThere(folder))) return new LorekeepError("NOT_FOUND", { reason: `There is no such folder: ${basename(folder)}.` });
  return new LorekeepError("MODEL_REFUSED", { reason: `${basename(folder)} has no adapter_config.json.`, next: "Choose a folder that PEFT has saved: it holds adapter_config.json and adapter_model.safetensors." });
}

async function asWeights(error: unknown, folder: string): Promise<unknown> {
  if (!isMissing(error)) return error;
  const pickled = await isThere(join(folder, "adapter_model.bin"));
  return new LorekeepError("MODEL_REFUSED", pickled
    ? { reason: "The adapter's weights are in adapter_model.bin, a form that can run programs when it is read; Lorekeep does not open it.", next: "Save the adapter again with PEFT's save_pretrained(…, safe_serialization=True)." }
    : { reason: `${basename(folder)} has no adapter_model.safetensors.`, next: "Choose a folder that PEFT has saved, and copy it whole." });
}
