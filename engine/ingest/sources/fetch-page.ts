import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import type { Network } from "../../base/network.ts";

/** A page as it lies on the disk now; whoever asked for it moves or removes `path`. */
export interface FetchedPage {
  readonly path: string;
  readonly name: string;
  readonly mediaType: string;
  /** After redirects. */
  readonly finalUrl: string;
}

export type PageFetcher = (url: string, signal?: AbortSignal) => Promise<FetchedPage>;

export interface PageFetcherOptions {
  readonly network: Network;
  /** Where fetched files are put. */
  readonly folder: string;
  readonly maxBytes: number;
  /** Only tests reach servers on this machine. */
  readonly allowPrivate?: boolean;
}

/** Fetches one web page because a person asked for it: no scripts, no cookies, nothing the page refers to. */
export function createPageFetcher(options: PageFetcherOptions): PageFetcher {
  return async (url, signal) => {
    const response = await options.network.fetch(url, {
      purpose: "web page", signal, headers: { accept: "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,*/*;q=0.5" }, ...(options.allowPrivate ? { allowPrivate: true } : {}),
    });
    if (response.status !== 200) {
      for await (const _ of response.body); // frees the connection
      throw refused(url, response.status);
    }
    const mediaType = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "application/octet-stream";
    const path = join(options.folder, randomUUID());
    try {
      await mkdir(options.folder, { recursive: true });
      await pipeline(Readable.from(response.body), limited(options.maxBytes), createWriteStream(path), ...(signal ? [{ signal }] : []));
    } catch (error) {
      await rm(path, { force: true });
      throw fromFileSystem(error, path);
    }
    return { path, name: fileName(response.url, mediaType), mediaType, finalUrl: response.url };
  };
}

function limited(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) done(new LorekeepError("TOO_LARGE", `The page is larger than ${Math.round(maxBytes / 2 ** 20)} MB.`));
      else done(null, chunk);
    },
  });
}

function refused(url: string, status: number): LorekeepError {
  const { host } = new URL(url);
  if (status === 404 || status === 410) return new LorekeepError("NOT_FOUND", { reason: `${host} has no such page.`, next: "Check the address." });
  if (status === 401 || status === 403) return new LorekeepError("DOWNLOAD_FAILED", { reason: `${host} does not show this page without signing in.`, next: "Save the page in your browser and add the file." });
  return new LorekeepError("DOWNLOAD_FAILED", { reason: `${host} answered with status ${status}.`, next: "Try again later." });
}

const endings: Readonly<Record<string, string>> = { "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt", "text/markdown": ".md", "application/json": ".json" };

/** The last part of the address, with an ending that says what it is; a person reads it and the reader takes it as a hint. */
function fileName(url: string, mediaType: string): string {
  const { pathname, hostname } = new URL(url);
  const last = safeDecode(pathname.split("/").filter(Boolean).at(-1) ?? "").replace(/[^\p{L}\p{N}._ -]/gu, "_").slice(0, 120) || hostname;
  const ending = endings[mediaType];
  return ending && !/\.[a-z0-9]{2,5}$/i.test(last) ? `${last}${ending}` : last;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Not percent-encoding after all.
  }
}
