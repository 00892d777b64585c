import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { Agent, fetch as undiciFetch, type Dispatcher } from "undici";
import { createPrivateCheck, publicLookup } from "./addresses.ts";
import { Emitter } from "./emitter.ts";
import { isAbort, LorekeepError } from "./errors.ts";
import { Ledger, withoutSecrets, type LedgerEntry } from "./ledger.ts";

/** The only reasons for which anything leaves the machine: a closed set, each of them something that a person asked for. */
const networkPurposes = ["model download", "language data", "web page", "library"] as const;
export type NetworkPurpose = (typeof networkPurposes)[number];

export interface NetworkRequest {
  readonly purpose: NetworkPurpose;
  readonly method?: "GET" | "HEAD";
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Allows addresses of the local machine and network, for a mirror of one's own. Default false. */
  readonly allowPrivate?: boolean;
  /** "manual" hands a redirect to the caller. Default "follow". */
  readonly redirect?: "follow" | "manual";
}

export interface NetworkResponse {
  /** Where the answer came from in the end. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** Read it to its end, or the connection stays open until `signal` aborts. Read once. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface NetworkOptions {
  /** The ledger: `network.jsonl` in the workspace. */
  readonly ledgerPath: string;
  readonly maxLedgerBytes?: number;
  /** false refuses everything, for a workspace that must stay offline. */
  readonly allowed?: () => boolean;
}

const MAX_REDIRECTS = 8;
const timeouts = { headersTimeout: 30_000, bodyTimeout: 60_000 };

/**
 * The one way out. Default-deny: a request names one of the closed set of purposes, goes to http or https only, not to private
 * addresses unless allowed, and is on the ledger before it is made. Redirects are followed by hand: each hop is checked and recorded,
 * none goes from https to http, and no credentials cross to another origin.
 */
export class Network {
  private readonly ledger: Ledger;
  private readonly entries = new Emitter<LedgerEntry>();
  private readonly isPrivate = createPrivateCheck();
  private readonly open = new Agent({ ...timeouts, connect: { timeout: 15_000 } });
  private readonly guarded = new Agent({ ...timeouts, connect: { timeout: 15_000, lookup: publicLookup(this.isPrivate) } });
  private readonly allowed: () => boolean;

  constructor(options: NetworkOptions) {
    this.ledger = new Ledger(options.ledgerPath, options.maxLedgerBytes ?? 2 ** 20);
    this.allowed = options.allowed ?? (() => true);
  }

  /** @throws LorekeepError FORBIDDEN_ADDRESS, DOWNLOAD_FAILED (not reached, cut), NO_SPACE or READ_ONLY (ledger); AbortError. */
  async fetch(url: string, request: NetworkRequest): Promise<NetworkResponse> {
    let target = parseUrl(url);
    let headers = { ...request.headers };
    for (let hop = 0; ; hop++) {
      const response = await this.once(target, { ...request, headers });
      const location = response.headers.get("location");
      if (request.redirect === "manual" || response.status < 301 || response.status > 308 || !location) return response;
      for await (const _ of response.body); // frees the connection
      if (hop >= MAX_REDIRECTS) throw new LorekeepError("DOWNLOAD_FAILED", `${target.host} redirects in a circle.`);
      const next = parseUrl(new URL(location, target).href);
      if (target.protocol === "https:" && next.protocol === "http:") throw forbidden(`${target.host} redirects to an unencrypted address`);
      if (next.origin !== target.origin) headers = withoutCredentials(headers);
      target = next;
    }
  }

  /**
   * Writes down a connection that native code makes past this class, before it is made: LanceDB speaks to object storage and servers itself. One
   * entry per connection, not per request. @throws what `connect` throws.
   */
  async connection<T>(url: string, purpose: NetworkPurpose, connect: () => Promise<T>): Promise<T> {
    const entry: LedgerEntry = { id: randomUUID(), time: new Date().toISOString(), method: "CONNECT", url: withoutSecrets(new URL(url)), purpose, outcome: "started", bytes: 0 };
    if (!this.allowed()) {
      await this.record({ ...entry, outcome: "refused" });
      throw forbidden("the network is switched off in the settings");
    }
    await this.record(entry);
    try {
      const made = await connect();
      await this.record({ ...entry, outcome: "connected" });
      return made;
    } catch (error) {
      await this.record({ ...entry, outcome: "failed" });
      throw error;
    }
  }

  /** The latest requests, newest first. */
  recent(limit = 500): Promise<LedgerEntry[]> {
    return this.ledger.read(limit);
  }

  /** Calls `listener` when a request starts and when it ends (same id). Returns the way to stop. */
  onRequest(listener: (entry: LedgerEntry) => void): () => void {
    return this.entries.listen(listener);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.open.destroy(), this.guarded.destroy()]);
  }

  private async once(url: URL, request: NetworkRequest): Promise<NetworkResponse> {
    const method = request.method ?? "GET";
    const entry: LedgerEntry = { id: randomUUID(), time: new Date().toISOString(), method, url: withoutSecrets(url), purpose: request.purpose, outcome: "started", bytes: 0 };
    const refusal = this.refusal(url, request);
    if (refusal) {
      await this.record({ ...entry, outcome: "refused" });
      throw forbidden(refusal);
    }
    await this.record(entry);
    try {
      const response = await undiciFetch(url, {
        method, redirect: "manual", dispatcher: this.dispatcher(request), ...(request.headers ? { headers: request.headers } : {}), ...(request.signal ? { signal: request.signal } : {}),
      });
      // undici's Headers are the platform's in all but type identity.
      const headers = response.headers as unknown as Headers;
      return { url: url.href, status: response.status, headers, body: this.counted(response.body, { ...entry, outcome: String(response.status) }, request.signal) };
    } catch (error) {
      throw await this.failed(entry, { error, url, signal: request.signal });
    }
  }

  private refusal(url: URL, request: NetworkRequest): string | undefined {
    if (!this.allowed()) return "the network is switched off in the settings";
    if (!networkPurposes.includes(request.purpose)) return `"${request.purpose}" is no reason to use the network`;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (!request.allowPrivate && ((isIP(host) > 0 && this.isPrivate(host)) || host === "localhost" || host.endsWith(".localhost"))) return `${url.hostname} is on this machine or its own network`;
    return undefined;
  }

  private dispatcher(request: NetworkRequest): Dispatcher {
    return request.allowPrivate ? this.open : this.guarded;
  }

  /** The body, counted; the ledger learns how it ended. */
  private async *counted(body: AsyncIterable<Uint8Array> | null, entry: LedgerEntry, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, void> {
    let bytes = 0;
    let outcome = "stopped";
    try {
      for await (const chunk of body ?? []) {
        bytes += chunk.byteLength;
        yield chunk;
      }
      outcome = entry.outcome;
    } catch (error) {
      outcome = signal?.aborted ? "stopped" : "failed";
      throw isAbort(error) || signal?.aborted ? error : unreachable(new URL(entry.url).host, error);
    } finally {
      await this.record({ ...entry, bytes, outcome });
    }
  }

  private async failed(entry: LedgerEntry, about: { error: unknown; url: URL; signal: AbortSignal | undefined }): Promise<unknown> {
    const { error, url, signal } = about;
    const stopped = isAbort(error) || signal?.aborted === true;
    const isRefusal = causeCode(error) === "EPRIVATE";
    await this.record({ ...entry, outcome: stopped ? "stopped" : isRefusal ? "refused" : "failed" });
    if (stopped) return error;
    return isRefusal ? forbidden(`${url.hostname} is on this machine or its own network`) : unreachable(url.host, error);
  }

  private async record(entry: LedgerEntry): Promise<void> {
    await this.ledger.append(entry);
    this.entries.emit(entry);
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new LorekeepError("INVALID", { reason: `"${text.slice(0, 200)}" is not an address.`, field: "url" });
  if (url.protocol !== "http:" && url.protocol !== "https:") throw forbidden(`only http and https addresses are opened, not ${url.protocol}`);
  return url;
}

function forbidden(why: string): LorekeepError {
  return new LorekeepError("FORBIDDEN_ADDRESS", { reason: `This address is not opened: ${why}.` });
}

function unreachable(host: string, error: unknown): LorekeepError {
  const code = causeCode(error);
  return new LorekeepError("DOWNLOAD_FAILED", {
    reason: `${host} could not be reached, or the connection was cut${code ? ` (${code})` : ""}.`, next: "Check the connection and try again.",
    detail: error instanceof Error ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ""}` : String(error),
  }, { cause: error });
}

function causeCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie|proxy-authorization)$/i.test(name)));
}
