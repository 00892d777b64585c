import { basename, dirname } from "node:path";
import type { GgufInfo } from "../../base/gguf/info.ts";
import { bytesOf, decode, encode } from "../../base/gguf/numbers.ts";
import { layOut } from "../../base/gguf/writer.ts";
import { ensureDiskSpace } from "../../base/disk.ts";
import { LorekeepError } from "../../base/errors.ts";
import { addFactors, type Share } from "./add-factors.ts";
import type { MergeDone, MergeJob } from "./contract.ts";
import type { Hooks } from "./convert.ts";
import { refuseUnfitNumbers } from "./limits.ts";
import { mergedEntries } from "./lineage.ts";
import { planMerge, type MergedTensor } from "./merge-plan.ts";
import { bytesAt, openGguf, outputRows, wholeInput, type OpenGguf } from "./open-gguf.ts";
import { OutputFile } from "./output-file.ts";
import { hashOpen } from "./read.ts";

/** Numbers held decoded at a time. With bytes in and out and the factors, memory stays far below the cap for any model. */
const CHUNK = 2 ** 21;
const COPY_BYTES = 8 * 2 ** 20;

/**
 * Base and adapters become one model, tensor by tensor and a few rows at a time.
 * @throws LorekeepError MODEL_REFUSED (naming the tensor), NOT_FOUND, NO_SPACE, READ_ONLY, CONFLICT, TOO_LARGE; AbortError. Nothing is left behind then.
 */
export async function mergeModel(job: MergeJob, hooks: Hooks): Promise<MergeDone> {
  const opened: OpenGguf[] = [];
  try {
    for (const { path } of [job.base, ...job.adapters]) opened.push(await openGguf(path, hooks.signal));
    const [base, ...adapters] = opened as [OpenGguf, ...OpenGguf[]]; // the base was opened first
    if (base.info.kind !== "model") throw new LorekeepError("MODEL_REFUSED", { reason: `${basename(base.path)} is an adapter, not a model to merge into.`, next: "Choose the model that the adapter was trained for." });
    const parts = adapters.map(({ info, path }, number) => ({ number, info, scale: job.adapters[number]?.scale ?? 1, name: nameOf(info, path) }));
    const { tensors, changed, notes } = planMerge(base.info, parts, job.type);
    await ensureDiskSpace(dirname(job.place.final), layOut([], tensors, base.info.header.alignment).fileBytes, hooks.freeBytes); // before all is read for its hash
    const hashes = await hashAll(opened, [job.base, ...job.adapters].map((file) => file.sha256), hooks);
    const baseSha256 = hashes[0] ?? "";
    const entries = await mergedEntries(
      { name: job.name, type: job.type, base: { ...base, sha256: baseSha256 }, adapters: parts.map(({ name, scale, number }) => ({ name, scale, sha256: hashes[number + 1] ?? "" })) },
      (start, end) => bytesAt(base, start, end - start),
    );
    const layout = layOut(entries, tensors, base.info.header.alignment);
    await ensureDiskSpace(dirname(job.place.final), layout.fileBytes, hooks.freeBytes);
    const before = await Promise.all(opened.map(({ file }) => file.stat()));
    const written = await OutputFile.write(job.place, async (output) => {
      await output.append(layout.header);
      for (const tensor of layout.tensors) {
        const tell = () => hooks.progress(output.bytes, layout.fileBytes);
        await (tensor.work ? writeChanged(tensor, tensor.work, { base, adapters, output, tell, signal: hooks.signal }) : copy(tensor, { base, output, tell, signal: hooks.signal }));
        await output.pad(tensor.padding);
      }
      for (const [i, { file, path }] of opened.entries()) {
        const after = await file.stat();
        if (after.mtimeMs !== before[i]?.mtimeMs || after.size !== before[i]?.size) throw new LorekeepError("CONFLICT", { reason: `${basename(path)} was changed while it was merged.`, next: "Merge again when it is complete." });
      }
    });
    return { ...written, notes, baseSha256, tensors: tensors.length, changed };
  } finally {
    await Promise.all(opened.map(({ file }) => file.close()));
  }
}

const nameOf = (info: GgufInfo, path: string): string => info.name ?? basename(path).replace(/\.gguf$/i, "");

async function hashAll(opened: readonly OpenGguf[], known: readonly (string | undefined)[], { checking, signal }: Hooks): Promise<string[]> {
  const total = opened.reduce((sum, { info }, i) => sum + (known[i] === undefined ? info.fileBytes : 0), 0);
  let before = 0;
  const hashes: string[] = [];
  for (const [i, { file, info }] of opened.entries()) {
    const sha256 = known[i] ?? (await hashOpen(file, { signal, onBytes: (done) => checking(before + done, total) }));
    if (known[i] === undefined) before += info.fileBytes;
    hashes.push(sha256);
  }
  return hashes;
}

interface Writing {
  readonly base: OpenGguf;
  readonly output: OutputFile;
  readonly tell: () => void;
  readonly signal: AbortSignal;
}

async function copy({ source, bytes }: MergedTensor & { bytes: number }, { base, output, tell, signal }: Writing): Promise<void> {
  const start = base.info.header.dataOffset + source.offset;
  for (let done = 0; done < bytes; done += COPY_BYTES) {
    signal.throwIfAborted();
    await output.append(await bytesAt(base, start + done, Math.min(COPY_BYTES, bytes - done)));
    tell();
  }
}

async function writeChanged({ name, source, shape }: MergedTensor, { from, to, shares }: NonNullable<MergedTensor["work"]>, { base, adapters, output, tell, signal }: Writing & { adapters: readonly OpenGguf[] }): Promise<void> {
  const columns = shape[0] ?? 0;
  const rows = shape.slice(1).reduce((all, n) => all * n, 1);
  // A row of the factors counts as much as a row of the weight: together they stay within the piece.
  const widest = Math.max(columns, shares.reduce((sum, { pair }) => sum + pair.rank, 0));
  const perChunk = Math.min(rows, Math.max(1, Math.floor(CHUNK / widest)));
  const values = new Float32Array(perChunk * columns);
  const encoded = new Uint8Array(bytesOf(to, perChunk * columns));
  const start = base.info.header.dataOffset + source.offset;
  const inputs = await Promise.all(shares.map((share) => wholeInput(share, adapters)));
  for (let row = 0; row < rows; row += perChunk) {
    signal.throwIfAborted();
    const here = Math.min(perChunk, rows - row);
    const count = here * columns;
    decode(from, await bytesAt(base, start + bytesOf(from, row * columns), bytesOf(from, count)), count, values);
    const taking: Share[] = [];
    for (const [i, share] of shares.entries()) taking.push({ a: inputs[i] as Float32Array, b: await outputRows(share, adapters, { row, rows: here }), rank: share.pair.rank, scale: share.scale });
    if (taking.length > 0) addFactors(values, { rows: here, columns }, taking);
    refuseUnfitNumbers(values, count, { tensor: name, type: to });
    await output.append(encoded.subarray(0, encode(to, values, count, encoded)));
    tell();
  }
}
