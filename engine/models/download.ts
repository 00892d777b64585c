import { dirname } from "node:path";
import { mkdir, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { bytesInWords } from "../base/gguf/refusal.ts";
import { fromFileSystem, isAbort, LorekeepError } from "../base/errors.ts";
import type { NetworkResponse } from "../base/network.ts";
import { ensureDiskSpace, type FreeBytes } from "../base/disk.ts";
import { hashFile } from "./copy.ts";
import { hubFailure, hubRequest, inspectHubFile, type HubFile, type HubFileInfo, type HubOptions } from "./hub.ts";
import { TransferMeter, type TransferProgress } from "./meter.ts";
import { partialBytes, PartialFile, removePartial } from "./partial.ts";

export interface DownloadOptions extends HubOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly freeBytes?: FreeBytes;
  /** Milliseconds before the first retry; doubles each time. Default 1000. */
  readonly retryMs?: number;
}

export interface Downloaded extends HubFileInfo {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Failures in a row, without a byte in between, before giving up. */
const ATTEMPTS = 5;
const LONGEST_WAIT_MS = 120_000;

/** A failure that may go away by itself. `waitMs` as the server asked. */
class Transient extends Error {
  readonly failure: LorekeepError;
  readonly waitMs: number | undefined;

  constructor(failure: LorekeepError, waitMs?: number) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.waitMs = waitMs;
  }
}

/**
 * Brings one file of a hub to `destination`: size and hash are asked of the hub first, disk space is checked, bytes go to a partial
 * file that survives a cut, a stop and a crash, and only a file whose hash is right gets its name. Wrong bytes are deleted.
 * @throws LorekeepError NO_SPACE, NOT_FOUND, DOWNLOAD_FAILED, FORBIDDEN_ADDRESS; AbortError (the partial file stays).
 */
export async function download(ref: HubFile, destination: string, options: DownloadOptions): Promise<Downloaded> {
  return transferFile(await patiently(options, () => inspectHubFile(ref, options, options.signal)), destination, options);
}

/** {@link download} of a file about which everything is known. @throws like it. */
export async function transferFile(info: HubFileInfo, destination: string, options: DownloadOptions): Promise<Downloaded> {
  const folder = dirname(destination);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => { throw fromFileSystem(error, folder); });
  const { url, sizeBytes, sha256, gitBlob, sha512 } = info;
  const whole = await wholeAlready(info, destination, options);
  if (whole) return whole;
  if (sizeBytes !== undefined) await ensureDiskSpace(folder, Math.max(0, sizeBytes - (await partialBytes(destination))), options.freeBytes);
  const identity = { url, ...(sizeBytes === undefined ? {} : { sizeBytes }), ...(sha256 ? { sha256 } : {}), ...(gitBlob ? { gitBlob } : {}), ...(sha512 ? { sha512 } : {}) };
  const partial = await PartialFile.open(destination, identity, options.signal);
  try {
    const meter = new TransferMeter(sizeBytes, options.onProgress ?? (() => undefined));
    meter.update(partial.received, true);
    await retrying(options, () => transfer({ info, partial, meter, options }), () => partial.received);
    meter.update(partial.received, true);
    const digest = await verified(partial, info);
    await partial.finish();
    return { ...info, path: destination, sha256: digest, sizeBytes: partial.received };
  } finally {
    await partial.close();
  }
}

/** What an earlier run brought whole and did not get further with: the disk was full, or it was killed just then. */
async function wholeAlready(info: HubFileInfo, destination: string, { signal, onProgress }: DownloadOptions): Promise<Downloaded | undefined> {
  const { sizeBytes, sha256 } = info;
  const size = await stat(destination).then((found) => (found.isFile() ? found.size : undefined), () => undefined);
  if (size === undefined || size !== sizeBytes || sha256 === undefined || (await hashFile(destination, { signal })) !== sha256) return undefined;
  await removePartial(destination);
  new TransferMeter(size, onProgress ?? (() => undefined)).update(size, true);
  return { ...info, path: destination, sha256, sizeBytes: size };
}

interface Transfer {
  readonly info: HubFileInfo;
  readonly partial: PartialFile;
  readonly meter: TransferMeter;
  readonly options: DownloadOptions;
}

/** One request, from where the partial file ends. Returns when every byte is there. */
async function transfer({ info, partial, meter, options }: Transfer): Promise<void> {
  if (info.sizeBytes !== undefined && partial.received === info.sizeBytes) return;
  if (info.sizeBytes !== undefined && partial.received > info.sizeBytes) await partial.restart();
  const base = hubRequest(options);
  const range = partial.received > 0 ? { range: `bytes=${partial.received}-`, ...(partial.etag ? { "if-range": partial.etag } : {}) } : {};
  const response = await asTransient(() => options.network.fetch(info.url, { ...base, headers: { ...base.headers, ...range }, signal: options.signal }));
  await accept(response, partial, info);
  await partial.rememberEtag(strongEtag(response));
  const most = info.sizeBytes ?? info.maxBytes ?? Infinity;
  await asTransient(async () => {
    for await (const chunk of response.body) {
      if (partial.received + chunk.byteLength > most) throw await wrongBytes(partial, info, `more than ${most} bytes came`);
      await partial.write(chunk);
      meter.update(partial.received);
    }
  });
  if (info.sizeBytes !== undefined && partial.received < info.sizeBytes) {
    throw new Transient(new LorekeepError("DOWNLOAD_FAILED", { reason: `The connection ended after ${bytesInWords(partial.received)} of ${bytesInWords(info.sizeBytes)}.`, next: "Resume the download." }));
  }
}

/** Makes the partial file agree with what the server is about to send. */
async function accept(response: NetworkResponse, partial: PartialFile, info: HubFileInfo): Promise<void> {
  if (response.status === 206) {
    const start = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (Number(start) === partial.received) return;
    await drained(response);
    await partial.restart();
    throw new Transient(new LorekeepError("DOWNLOAD_FAILED", "The server sent another part of the file than was asked for."));
  }
  if (response.status === 200) {
    // The server does not know ranges, or the file is another one now: this is its beginning.
    if (partial.received > 0) await partial.restart();
    return;
  }
  await drained(response);
  if (response.status === 416) {
    await partial.restart();
    throw new Transient(new LorekeepError("DOWNLOAD_FAILED", "The server does not have the rest of the file."));
  }
  const failure = hubFailure(response, info);
  throw response.status === 429 || response.status >= 500 ? new Transient(failure, retryAfterMs(response)) : failure;
}

async function drained(response: NetworkResponse): Promise<void> {
  for await (const _ of response.body);
}

function strongEtag(response: NetworkResponse): string | undefined {
  const etag = response.headers.get("etag");
  return etag && !etag.startsWith("W/") ? etag : undefined;
}

function retryAfterMs(response: NetworkResponse): number | undefined {
  const stated = response.headers.get("retry-after");
  if (!stated) return undefined;
  const ms = /^\d+$/.test(stated) ? Number(stated) * 1000 : Date.parse(stated) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_WAIT_MS) : undefined;
}

/** The sha-256, once it, or git's blob hash, is what the hub said it would be. */
async function verified(partial: PartialFile, info: HubFileInfo): Promise<string> {
  const digest = partial.digest();
  if (info.sha256 && digest.sha256 !== info.sha256) throw await wrongBytes(partial, info, `its sha-256 is ${digest.sha256}, the hub states ${info.sha256}`);
  if (!info.sha256 && info.gitBlob && digest.gitBlob && digest.gitBlob !== info.gitBlob) throw await wrongBytes(partial, info, `its git hash is ${digest.gitBlob}, the hub states ${info.gitBlob}`);
  if (info.sha512 && digest.sha512 !== info.sha512) throw await wrongBytes(partial, info, `its sha-512 is ${digest.sha512}, ${info.sha512} is stated`);
  return digest.sha256;
}

async function wrongBytes(partial: PartialFile, info: HubFileInfo, detail: string): Promise<LorekeepError> {
  await partial.remove();
  return new LorekeepError("DOWNLOAD_FAILED", {
    reason: `What came is not ${info.file}: its bytes differ from what the hub states. It was deleted.`, next: "Try again; if it happens again, something between you and the hub changes files.", detail,
  });
}

/** Failures of the network itself, and the hub's "later", as transient. */
async function asTransient<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const passing = error instanceof LorekeepError && error.code === "DOWNLOAD_FAILED" && (error.cause !== undefined || /HTTP (429|5\d\d)/.test(error.details.detail ?? ""));
    throw passing ? new Transient(error) : error;
  }
}

/** Does what asks the network once, and again while that may help. */
export function patiently<T>(options: Pick<DownloadOptions, "retryMs" | "signal">, work: () => Promise<T>): Promise<T> {
  return retrying(options, () => asTransient(work));
}

/**
 * Tries again after transient failures, with a wait that doubles; getting further than ever before starts the count anew. (Not merely
 * "some bytes came": a server that sends the same first bytes over and over would be asked for ever.)
 */
async function retrying<T>(options: Pick<DownloadOptions, "retryMs" | "signal">, work: () => Promise<T>, progress: () => number = () => 0): Promise<T> {
  let failures = 0;
  let furthest = progress();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Transient) || isAbort(error)) throw error;
      failures = progress() > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, progress());
      if (failures >= ATTEMPTS) throw error.failure;
      const wait = error.waitMs ?? Math.min(LONGEST_WAIT_MS, (options.retryMs ?? 1000) * 2 ** (failures - 1));
      await sleep(wait, undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}
