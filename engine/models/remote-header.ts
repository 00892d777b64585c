import type { ByteSource } from "../base/gguf/cursor.ts";
import { readGgufHeaderFrom } from "../base/gguf/header.ts";
import { infoOf, type GgufInfo } from "../base/gguf/info.ts";
import { isAbort, LorekeepError } from "../base/errors.ts";
import { hubRequest, type HubOptions } from "./hub.ts";

/** What a file would be if it were here, or why it could not be used. */
export type RemoteHeader = { readonly info: GgufInfo } | { readonly refused: string };

/** Fetched at a time. A header is mostly vocabulary: 1 MB for a small one, 20 MB for the largest. */
const PIECE = 4 * 2 ** 20;
const MOST = 32 * 2 ** 20;
const DEADLINE_MS = 60_000;

/**
 * Reads the header of a GGUF that lies on a hub, piece by piece as far as it goes, and nothing of the weights. undefined where the hub gives out
 * no parts of files, or where the connection fails: whether it fits is then told after the download.
 */
export async function inspectRemoteGguf(file: { readonly url: string; readonly sizeBytes: number }, options: HubOptions, signal?: AbortSignal): Promise<RemoteHeader | undefined> {
  try {
    const header = await readGgufHeaderFrom(new RemoteBytes(file, options, signal), file.sizeBytes, { limits: { headerBytes: MOST, deadlineMs: DEADLINE_MS }, ...(signal ? { signal } : {}) });
    return { info: infoOf(header) };
  } catch (error) {
    if (isAbort(error) || !(error instanceof LorekeepError)) throw error;
    return error.code === "MODEL_REFUSED" ? { refused: error.details.reason } : undefined;
  }
}

/** A file elsewhere, read forwards in ranges; the last piece is kept, since the reader asks for less at a time. */
class RemoteBytes implements ByteSource {
  private piece: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };
  private readonly file: { readonly url: string; readonly sizeBytes: number };
  private readonly options: HubOptions;
  private readonly signal: AbortSignal | undefined;

  constructor(file: { readonly url: string; readonly sizeBytes: number }, options: HubOptions, signal: AbortSignal | undefined) {
    this.file = file;
    this.options = options;
    this.signal = signal;
  }

  async read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    if (position < this.piece.start || position >= this.piece.start + this.piece.bytes.length) this.piece = { start: position, bytes: await this.fetch(position) };
    const from = position - this.piece.start;
    return { bytesRead: this.piece.bytes.copy(buffer, offset, from, from + length) };
  }

  private async fetch(start: number): Promise<Buffer> {
    const end = Math.min(start + PIECE, this.file.sizeBytes) - 1;
    const stop = new AbortController();
    const base = hubRequest(this.options);
    const signal = this.signal ? AbortSignal.any([this.signal, stop.signal]) : stop.signal;
    const response = await this.options.network.fetch(this.file.url, { ...base, headers: { ...base.headers, range: `bytes=${start}-${end}` }, signal });
    if (response.status !== 206) {
      stop.abort(); // else the whole file would come
      throw new LorekeepError("DOWNLOAD_FAILED", { reason: "The hub does not give out parts of this file.", detail: `HTTP ${response.status}` });
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of response.body) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}
