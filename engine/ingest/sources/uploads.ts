import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";

/** A file that came in whole: it lies at `<uploads>/<uploadId>/<name>`. */
export interface Upload {
  readonly uploadId: string;
  /** The safe file name it lies under. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** Takes one body. */
export interface UploadSink {
  readonly uploadId: string;
  /**
   * Streams `body` to disk; memory stays flat for any size. Whatever goes wrong (a cut connection, an abort, the limit, a full disk), nothing
   * of it stays behind.
   * @throws LorekeepError TOO_LARGE, NO_SPACE, READ_ONLY; the body's own error; the signal's reason.
   */
  receive(body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Upload>;
}

export interface Uploads {
  /** @param sizeLimit bytes, inclusive */
  begin(name: string, sizeLimit: number): UploadSink;
  /** @throws LorekeepError NOT_FOUND */
  find(uploadId: string): Promise<Upload>;
  discard(uploadId: string): Promise<void>;
  /** Removes uploads older than `olderThanMs` (a day by default) that nobody took. Only the library knows which were taken, so it asks for this. */
  sweep(isTaken: (uploadId: string) => boolean, olderThanMs?: number): Promise<string[]>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const PARTIAL = ".part";
const uploadIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Uploads under `folder` (`<workspace>/uploads`). What an earlier run left half-received is removed at once. */
export async function createUploads(folder: string): Promise<Uploads> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => { throw fromFileSystem(error, folder); });
  for (const entry of await readdir(folder)) if (entry.endsWith(PARTIAL)) await rm(join(folder, entry), { force: true });
  return {
    begin: (name, sizeLimit) => createSink({ folder, name: safeFileName(name), sizeLimit }),
    find: (uploadId) => find(folder, uploadId),
    discard: async (uploadId) => {
      if (uploadIdPattern.test(uploadId)) await rm(join(folder, uploadId), { recursive: true, force: true });
    },
    sweep: (isTaken, olderThanMs = DAY_MS) => sweep(folder, isTaken, olderThanMs),
  };
}

function createSink(options: { folder: string; name: string; sizeLimit: number }): UploadSink {
  const { folder, name, sizeLimit } = options;
  const uploadId = randomUUID();
  const partial = join(folder, `${uploadId}${PARTIAL}`);
  const home = join(folder, uploadId);
  return {
    uploadId,
    receive: async (body, signal) => {
      try {
        const sizeBytes = await writeBody(partial, body, { sizeLimit, signal, name });
        await mkdir(home);
        const path = join(home, name);
        await rename(partial, path);
        return { uploadId, name, path, sizeBytes };
      } catch (error) {
        await rm(partial, { force: true });
        await rm(home, { recursive: true, force: true });
        throw fromFileSystem(error, name);
      }
    },
  };
}

/** Returns the bytes written, which are on the disk and not only in its cache. */
async function writeBody(path: string, body: AsyncIterable<Uint8Array>, options: { sizeLimit: number; signal: AbortSignal | undefined; name: string }): Promise<number> {
  const file = await open(path, "wx");
  try {
    let size = 0;
    for await (const chunk of body) {
      options.signal?.throwIfAborted();
      size += chunk.byteLength;
      if (size > options.sizeLimit) throw tooLarge(options.name, options.sizeLimit);
      await file.writeFile(chunk); // At the current position; writes all of it, where write() may write a part.
    }
    options.signal?.throwIfAborted();
    await file.sync();
    return size;
  } finally {
    await file.close();
  }
}

/** Also for hosts that can tell from a Content-Length before the first byte. */
export function tooLarge(name: string, sizeLimit: number): LorekeepError {
  return new LorekeepError("TOO_LARGE", {
    reason: `${name} is larger than ${Math.floor(sizeLimit / 2 ** 20)} MB.`,
    next: "Raise the limit in the settings, or add the file by its path instead of uploading it.",
  });
}

async function find(folder: string, uploadId: string): Promise<Upload> {
  // The pattern keeps an id from being a path: it comes from outside.
  const names = uploadIdPattern.test(uploadId) ? await readdir(join(folder, uploadId)).catch(() => []) : [];
  const name = names[0];
  if (name === undefined) throw new LorekeepError("NOT_FOUND", { reason: "This upload is not there (any more).", next: "Upload the file again.", field: "uploadId" });
  const path = join(folder, uploadId, name);
  return { uploadId, name, path, sizeBytes: (await stat(path)).size };
}

async function sweep(folder: string, isTaken: (uploadId: string) => boolean, olderThanMs: number): Promise<string[]> {
  const removed: string[] = [];
  for (const entry of await readdir(folder)) {
    if (!uploadIdPattern.test(entry) || isTaken(entry)) continue;
    const { mtimeMs } = await stat(join(folder, entry));
    if (Date.now() - mtimeMs < olderThanMs) continue;
    await rm(join(folder, entry), { recursive: true, force: true });
    removed.push(entry);
  }
  return removed;
}

const MAX_NAME_BYTES = 200;

/** A name that is one path component on every system, keeps its extension, and says what the person called it as far as it can. */
export function safeFileName(given: string): string {
  const last = given.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/[\u0000-\u001f\u007f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, "_").replace(/^[.\s]+|[.\s]+$/g, "");
  const dot = plain.lastIndexOf(".");
  const extension = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : "";
  let stem = extension ? plain.slice(0, dot) : plain;
  while (Buffer.byteLength(stem + extension) > MAX_NAME_BYTES) stem = [...stem].slice(0, -1).join("");
  if (/^(con|prn|aux|nul|com\d|lpt\d)$/i.test(stem.split(".")[0] ?? "")) stem = `_${stem}`;
  return stem + extension || "upload";
}
