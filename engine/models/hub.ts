import { LorekeepError } from "../base/errors.ts";
import type { Network, NetworkPurpose, NetworkResponse } from "../base/network.ts";

/** A file on a model hub in Hugging Face layout. */
export interface HubFile {
  readonly repo: string;
  readonly revision: string;
  readonly file: string;
}

export interface HubOptions {
  readonly network: Pick<Network, "fetch">;
  /** `HF_ENDPOINT`; default https://huggingface.co. A mirror in one's own network is allowed, since a person set it. */
  readonly endpoint?: string | undefined;
  /** Access token of the person, from the settings. */
  readonly token?: string | undefined;
  /** Written on the ledger. Default "model download". */
  readonly purpose?: NetworkPurpose;
}

/** What the hub itself says about a file, taken at download time and pinned on the shelf. */
export interface HubFileInfo extends HubFile {
  /** With the commit in place of a branch, so that a resumed download cannot mix two versions. */
  readonly url: string;
  readonly sizeBytes: number | undefined;
  /** Large (LFS) files. */
  readonly sha256: string | undefined;
  /** Small files: git's blob hash, sha-1 over "blob <size>\0" and the content. */
  readonly gitBlob: string | undefined;
  /** Base64; what a package registry states. */
  readonly sha512?: string;
  /** More than this is refused where the size is not known before. */
  readonly maxBytes?: number;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";
const MAX_RENAMES = 4;

export function hubUrl(ref: HubFile, endpoint = DEFAULT_ENDPOINT): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(ref.repo)) throw new LorekeepError("INVALID", { reason: `"${ref.repo}" is not a repository: it looks like "owner/name".`, field: "repo" });
  const parts = ref.file.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) throw new LorekeepError("INVALID", { reason: `"${ref.file}" is not a file in a repository.`, field: "file" });
  const path = [...ref.repo.split("/"), "resolve", ref.revision, ...parts].map(encodeURIComponent).join("/");
  return `${endpoint.replace(/\/+$/, "")}/${path}`;
}

/** Headers and rules that every request to the hub shares. */
export function hubRequest(options: HubOptions) {
  return {
    purpose: options.purpose ?? "model download",
    allowPrivate: options.endpoint !== undefined,
    // Compressed transfer would make ranges and sizes mean something else.
    headers: { "accept-encoding": "identity", "user-agent": "lorekeep", ...(options.token ? { authorization: `Bearer ${options.token}` } : {}) },
  };
}

/**
 * Size, hash and commit of a file, from the hub's own answer to HEAD: the answer that names the LFS object comes before the redirect
 * to the store, so redirects are followed only while they lead to a renamed repository.
 * @throws LorekeepError NOT_FOUND, DOWNLOAD_FAILED.
 */
export async function inspectHubFile(ref: HubFile, options: HubOptions, signal?: AbortSignal): Promise<HubFileInfo> {
  let url = hubUrl(ref, options.endpoint);
  for (let hop = 0; ; hop++) {
    const response = await options.network.fetch(url, { ...hubRequest(options), method: "HEAD", redirect: "manual", signal });
    for await (const _ of response.body); // HEAD has none; this ends the exchange on the ledger
    const location = response.headers.get("location");
    const isHubsOwn = response.headers.has("x-linked-etag") || response.headers.has("x-linked-size") || !location;
    if (isHubsOwn || !sameOrigin(location, url) || hop >= MAX_RENAMES) {
      if (response.status >= 400) throw hubFailure(response, ref);
      return described(response, ref, options.endpoint);
    }
    url = new URL(location, url).href;
  }
}

function sameOrigin(location: string, base: string): boolean {
  return new URL(location, base).origin === new URL(base).origin;
}

function described(response: NetworkResponse, ref: HubFile, endpoint: string | undefined): HubFileInfo {
  const { headers } = response;
  const etag = unquoted(headers.get("x-linked-etag") ?? headers.get("etag"));
  const size = Number(headers.get("x-linked-size") ?? (response.status === 200 ? headers.get("content-length") : null) ?? Number.NaN);
  const commit = headers.get("x-repo-commit");
  const revision = commit && /^[0-9a-f]{40}$/.test(commit) ? commit : ref.revision;
  return {
    ...ref, revision, url: hubUrl({ ...ref, revision }, endpoint),
    sizeBytes: Number.isSafeInteger(size) ? size : undefined,
    sha256: etag && /^[0-9a-f]{64}$/.test(etag) ? etag : undefined,
    gitBlob: etag && /^[0-9a-f]{40}$/.test(etag) ? etag : undefined,
  };
}

function unquoted(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, "").replace(/^"|"$/g, "").toLowerCase();
}

/** What an HTTP status of the hub means for a person. */
export function hubFailure(response: Pick<NetworkResponse, "status" | "url">, ref: { repo: string; file: string }): LorekeepError {
  const host = new URL(response.url).host;
  switch (response.status) {
    case 401:
    case 403:
      return new LorekeepError("DOWNLOAD_FAILED", {
        reason: `${host} does not give out ${ref.file} without permission: ${ref.repo} asks for a token, or for its licence to be accepted.`,
        next: "Accept the licence on the model's page, then put an access token into the settings.", detail: `HTTP ${response.status}`,
      });
    case 404:
    case 410:
      return new LorekeepError("NOT_FOUND", { reason: `${host} has no file ${ref.file} in ${ref.repo}.`, next: "Check the name on the model's page.", detail: `HTTP ${response.status}` });
    case 429:
      return new LorekeepError("DOWNLOAD_FAILED", { reason: `${host} asks for fewer requests.`, next: "Wait a while and resume.", detail: "HTTP 429" });
    default:
      return new LorekeepError("DOWNLOAD_FAILED", { reason: `${host} answered with an error (HTTP ${response.status}).`, next: "Try again later.", detail: `HTTP ${response.status}` });
  }
}
