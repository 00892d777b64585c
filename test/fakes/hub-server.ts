import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A file of the fake hub, and how the hub misbehaves about it. Counters go down as the misbehaviour is used up. */
export interface FakeFile {
  content: Buffer;
  /** Small files are served by the hub itself, with git's blob hash; large ones by the store, with LFS metadata. Default true. */
  large?: boolean;
  /** Destroy the connection after that many body bytes, so many times. */
  cut?: { afterBytes: number; times: number };
  /** Answer with this status first, so many times. */
  fail?: { status: number; times: number; retryAfter?: string };
  /** Needs `authorization: Bearer <token>`. */
  token?: string;
  /** Answer 200 with everything, whatever range was asked for. */
  ignoresRange?: boolean;
  /** Serve these bytes in place of the content; the metadata stays the content's. */
  serves?: Buffer;
  /** Milliseconds between pieces of 16 KiB. */
  slowMs?: number;
}

export interface SeenRequest {
  readonly server: "hub" | "store";
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");
const gitBlob = (data: Buffer) => createHash("sha1").update(`blob ${data.length}\0`).update(data).digest("hex");

/**
 * Behaves like the Hugging Face hub as a download client sees it: /{repo}/resolve/{revision}/{file} redirects to a signed address
 * on another origin, HEAD tells the LFS object's hash and size and the commit, the store knows ranges and entity tags.
 */
export class FakeHub {
  readonly files = new Map<string, FakeFile>();
  readonly seen: SeenRequest[] = [];
  readonly commit = COMMIT;
  endpoint = "";
  storeOrigin = "";
  private readonly hub: Server;
  private readonly store: Server;

  private constructor() {
    this.hub = createServer((request, response) => this.answerHub(request, response));
    this.store = createServer((request, response) => this.answerStore(request, response));
  }

  static async start(): Promise<FakeHub> {
    const fake = new FakeHub();
    fake.endpoint = await listening(fake.hub);
    fake.storeOrigin = await listening(fake.store);
    return fake;
  }

  add(path: string, file: FakeFile): { sha256: string; sizeBytes: number } {
    this.files.set(path, file);
    return { sha256: sha256(file.content), sizeBytes: file.content.length };
  }

  /** Requests so far for bytes (not HEAD) at the store. */
  get transfers(): SeenRequest[] {
    return this.seen.filter((r) => r.server === "store" && r.method === "GET");
  }

  /** Safe to call twice. */
  async stop(): Promise<void> {
    for (const server of [this.hub, this.store]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private answerHub(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.endpoint);
    this.seen.push({ server: "hub", method: request.method ?? "", path: url.pathname, headers: request.headers });
    const [, repo, , name] = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const file = this.files.get(`${repo}/${name}`);
    if (repo === "old/name") return void response.writeHead(307, { location: url.pathname.replace("/old/name/", "/owner/name/") }).end();
    if (!file) return void response.writeHead(404, { "x-error-code": "EntryNotFound" }).end("not found");
    if (file.token && request.headers.authorization !== `Bearer ${file.token}`) return void response.writeHead(401, { "x-error-code": "GatedRepo" }).end();
    response.setHeader("x-repo-commit", COMMIT);
    if (file.large === false) {
      response.setHeader("etag", `"${gitBlob(file.content)}"`);
      return this.send(file, request, response);
    }
    response.setHeader("x-linked-etag", `"${sha256(file.content)}"`);
    response.setHeader("x-linked-size", String(file.content.length));
    response.writeHead(302, { location: `${this.storeOrigin}/objects/${encodeURIComponent(`${repo}/${name}`)}?X-Amz-Signature=very-secret&user_id=public` }).end();
  }

  private answerStore(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.storeOrigin);
    this.seen.push({ server: "store", method: request.method ?? "", path: url.pathname, headers: request.headers });
    const file = this.files.get(decodeURIComponent(url.pathname.replace("/objects/", "")));
    if (!file) return void response.writeHead(404).end();
    if (file.fail && file.fail.times > 0) {
      file.fail.times--;
      return void response.writeHead(file.fail.status, file.fail.retryAfter ? { "retry-after": file.fail.retryAfter } : {}).end("later");
    }
    response.setHeader("etag", `"${sha256(file.serves ?? file.content).slice(0, 32)}"`);
    this.send(file, request, response);
  }

  private send(file: FakeFile, request: IncomingMessage, response: ServerResponse): void {
    const body = file.serves ?? file.content;
    const etag = response.getHeader("etag");
    const [, from, to] = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from ?? 0);
    const end = Math.min(Number(to ?? Number.POSITIVE_INFINITY), body.length - 1);
    const sameThing = !request.headers["if-range"] || request.headers["if-range"] === etag;
    if ((start > 0 || to !== undefined) && sameThing && !file.ignoresRange) {
      if (start >= body.length) return void response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
      response.writeHead(206, { "content-range": `bytes ${start}-${end}/${body.length}`, "content-length": end + 1 - start, "accept-ranges": "bytes" });
      return void this.stream(file, body.subarray(start, end + 1), { request, response });
    }
    response.writeHead(200, { "content-length": body.length, "accept-ranges": file.ignoresRange ? "none" : "bytes" });
    void this.stream(file, body, { request, response });
  }

  private async stream(file: FakeFile, body: Buffer, { request, response }: { request: IncomingMessage; response: ServerResponse }): Promise<void> {
    if (request.method === "HEAD") return void response.end();
    const cut = file.cut && file.cut.times > 0 ? file.cut.afterBytes : undefined;
    if (cut !== undefined && file.cut) file.cut.times--;
    const step = 16 * 1024;
    for (let at = 0; at < body.length && !response.destroyed; at += step) {
      if (cut !== undefined && at + step > cut) {
        response.write(body.subarray(at, cut));
        await new Promise((resolve) => setTimeout(resolve, 20)); // let the bytes out before the line goes dead
        return void request.socket.destroy();
      }
      if (!response.write(body.subarray(at, at + step))) await drained(response);
      if (file.slowMs) await new Promise((resolve) => setTimeout(resolve, file.slowMs));
    }
    response.end();
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address is never a path
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}
