import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { fromFileSystem } from "../base/errors.ts";
import { writeWhole } from "../base/write-whole.ts";

/** Beside the partial file: what its bytes are the beginning of. */
const sidecar = z.object({ url: z.string(), etag: z.string().optional(), sizeBytes: z.number().optional(), sha256: z.string().optional(), gitBlob: z.string().optional(), sha512: z.string().optional() });
export type PartialIdentity = z.infer<typeof sidecar>;

const partialPath = (destination: string) => `${destination}.partial`;
const sidecarPath = (destination: string) => `${destination}.partial.json`;

export interface Digest {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly gitBlob: string | undefined;
  /** Base64, as package registries state it; only where the file is known by it. */
  readonly sha512: string | undefined;
}

/** The hashes a hub or a registry may state, fed with the same bytes. */
class Digests {
  private readonly sha256 = createHash("sha256");
  private readonly blob: Hash | undefined;

  private readonly sha512: Hash | undefined;

  constructor({ sizeBytes, sha512 }: PartialIdentity) {
    this.sha512 = sha512 === undefined ? undefined : createHash("sha512");
    this.blob = sizeBytes === undefined ? undefined : createHash("sha1").update(`blob ${sizeBytes}\0`);
  }

  update(chunk: Uint8Array): void {
    this.sha256.update(chunk);
    this.blob?.update(chunk);
    this.sha512?.update(chunk);
  }

  end(): Digest {
    return { sha256: this.sha256.digest("hex"), gitBlob: this.blob?.digest("hex"), sha512: this.sha512?.digest("base64") };
  }
}

/**
 * A file that is still coming: `<destination>.partial` with a sidecar. Bytes are hashed as they are written; what an earlier run left
 * is hashed again before it is trusted. Nothing stands at `destination` before {@link PartialFile.finish}.
 */
export class PartialFile {
  private readonly destination: string;
  private file: FileHandle | undefined;
  private digests: Digests;
  private identity: PartialIdentity;
  received = 0;

  private constructor(destination: string, identity: PartialIdentity) {
    this.destination = destination;
    this.identity = identity;
    this.digests = new Digests(identity);
  }

  /** Continues what is there when it is the beginning of the same file, and starts from nothing otherwise. */
  static async open(destination: string, identity: PartialIdentity, signal?: AbortSignal): Promise<PartialFile> {
    const partial = new PartialFile(destination, identity);
    try {
      await mkdir(dirname(destination), { recursive: true });
      const before = await storedIdentity(destination);
      if (before && sameFile(before, identity)) {
        partial.identity = { ...before, ...identity, ...(before.etag ? { etag: before.etag } : {}) };
        await partial.rehash(signal);
        partial.file = await open(partialPath(destination), "r+");
      } else {
        await partial.restart();
      }
      return partial;
    } catch (error) {
      throw fromFileSystem(error, destination);
    }
  }

  /** The entity tag of the answer that the bytes came from; a resumed request must be about the same one. */
  get etag(): string | undefined {
    return this.identity.etag;
  }

  async rememberEtag(etag: string | undefined): Promise<void> {
    if (etag === this.identity.etag) return;
    const { etag: _, ...rest } = this.identity;
    this.identity = etag === undefined ? rest : { ...rest, etag };
    await writeFileAtomic(sidecarPath(this.destination), JSON.stringify(this.identity));
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      if (this.file) await writeWhole(this.file, chunk, this.received);
    } catch (error) {
      throw fromFileSystem(error, this.destination);
    }
    this.digests.update(chunk);
    this.received += chunk.byteLength;
  }

  /** Throws away what is there: the server began anew, or the bytes are of no use. */
  async restart(): Promise<void> {
    await this.file?.close();
    this.file = await open(partialPath(this.destination), "w");
    this.received = 0;
    this.digests = new Digests(this.identity);
    await writeFileAtomic(sidecarPath(this.destination), JSON.stringify(this.identity));
  }

  /** The digests of everything received; call once, at the end. */
  digest(): Digest {
    return this.digests.end();
  }

  /** Makes the bytes durable and gives them their name. */
  async finish(): Promise<void> {
    await this.file?.sync();
    await this.close();
    await rename(partialPath(this.destination), this.destination);
    await rm(sidecarPath(this.destination), { force: true });
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    await removePartial(this.destination);
  }

  private async rehash(signal: AbortSignal | undefined): Promise<void> {
    for await (const chunk of createReadStream(partialPath(this.destination), { highWaterMark: 2 ** 20, ...(signal ? { signal } : {}) })) {
      this.digests.update(chunk as Buffer); // a stream without encoding gives buffers
      this.received += (chunk as Buffer).byteLength;
    }
  }
}

export async function removePartial(destination: string): Promise<void> {
  await rm(partialPath(destination), { force: true });
  await rm(sidecarPath(destination), { force: true });
}

/** Bytes that an earlier run left; 0 where there are none. */
export async function partialBytes(destination: string): Promise<number> {
  return stat(partialPath(destination)).then((s) => s.size, () => 0);
}

async function storedIdentity(destination: string): Promise<PartialIdentity | undefined> {
  try {
    await stat(partialPath(destination));
    return sidecar.safeParse(JSON.parse(await readFile(sidecarPath(destination), "utf8"))).data;
  } catch {
    return undefined; // no partial, or its sidecar was cut: start from nothing
  }
}

/** The hash decides where both know it; otherwise the address (which names a commit) and the size do. */
function sameFile(before: PartialIdentity, now: PartialIdentity): boolean {
  if (before.sha256 && now.sha256) return before.sha256 === now.sha256;
  if (before.sha512 !== now.sha512) return false;
  return before.url === now.url && before.sizeBytes === now.sizeBytes && before.gitBlob === now.gitBlob;
}
