import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Document } from "../engine/contract/index.ts";
import { createTestEngine, type TestEngine } from "./test-engine.ts";

/** The whole engine, and a folder for what its documents and models are made of. Both are gone after the block's tests. */
export interface BlockEngine {
  readonly client: TestEngine["client"];
  readonly workspace: string;
  readonly folder: string;
  /** Puts a file into the folder and says where it is. */
  write(name: string, content: string | Uint8Array): string;
  /** Puts a file into the folder and adds it to the library. Resolves when the queue is empty. */
  add(name: string, content: string | Uint8Array): Promise<Document>;
  /** Adds all that lies in the folder, and waits for the queue. */
  addFolder(): Promise<void>;
}

/** One for all tests of a block (or of a file, outside of every block). `prepare`: what else must be there before the first of them. */
export function blockEngine(prepare?: (engine: BlockEngine) => Promise<unknown>): BlockEngine {
  let made: { engine: TestEngine; folder: string } | undefined;
  const there = () => {
    if (!made) throw new Error("The engine is there in tests only.");
    return made;
  };
  const block: BlockEngine = {
    get client() { return there().engine.client; },
    get workspace() { return there().engine.workspace; },
    get folder() { return there().folder; },
    write(name, content) {
      const path = join(block.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    async add(name, content) {
      const { added: [document] } = await block.client.documents.add({ paths: [block.write(name, content)] });
      if (!document) throw new Error(`${name} was not added.`);
      await block.client.queue.idle();
      return block.client.documents.get({ id: document.id });
    },
    async addFolder() {
      await block.client.documents.add({ paths: [block.folder] });
      await block.client.queue.idle();
    },
  };
  beforeAll(async () => {
    made = { engine: await createTestEngine(), folder: mkdtempSync(join(tmpdir(), "lorekeep-test-")) };
    await prepare?.(block);
  });
  afterAll(async () => {
    await made?.engine.dispose();
    if (made) rmSync(made.folder, { recursive: true, force: true });
  });
  return block;
}
