import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { FakeHub, type FakeFile } from "./hub-server.ts";

/** An npm registry with the packages of language data: metadata here, packages on another origin that knows ranges and can be cut. */
export class FakeRegistry {
  readonly asked: string[] = [];
  private readonly metadata = new Map<string, unknown>();
  private readonly server: Server;
  readonly store: FakeHub;
  address = "";

  private constructor(store: FakeHub) {
    this.store = store;
    this.server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? "");
      this.asked.push(path);
      const found = this.metadata.get(path.slice(1));
      response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(found ?? { error: "not_found" }));
    });
  }

  static async start(): Promise<FakeRegistry> {
    const registry = new FakeRegistry(await FakeHub.start());
    await new Promise<void>((resolve) => registry.server.listen(0, "127.0.0.1", resolve));
    registry.address = `http://127.0.0.1:${(registry.server.address() as AddressInfo).port}`; // a TCP server's address is never a path
    return registry;
  }

  /** `stated`: what the metadata say, where that is not the truth. */
  publish(code: string, archive: Buffer, { stated, ...file }: Partial<FakeFile> & { stated?: { integrity?: string | undefined } } = {}): void {
    this.store.add(`data/${code}`, { content: archive, ...file });
    const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
    const dist = { tarball: `${this.store.storeOrigin}/objects/${encodeURIComponent(`data/${code}`)}`, integrity, ...stated };
    this.metadata.set(`@tesseract.js-data/${code}`, { name: `@tesseract.js-data/${code}`, versions: { "1.0.0": { dist } } });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.store.stop();
  }
}

export interface TarEntry { readonly name: string; readonly content: Uint8Array; /** "0" a file, "2" a link. */ readonly type?: string; /** What the header says, where that is not the truth. */ readonly size?: number }

/** A gzipped tar archive as npm makes them. */
export function tgz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.flatMap(({ name, content, type = "0", size = content.length }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write("0000644\0", 100);
    header.write(`${size.toString(8).padStart(11, "0")} `, 124);
    header.write("        ", 148);
    header.write(type, 156);
    header.write("ustar\u000000", 257);
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  }), Buffer.alloc(1024)]));
}
