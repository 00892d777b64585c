import { access, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Disposable } from "../base/lifetime.ts";
import { JsonStore, type SetAside } from "../base/json-store.ts";

const content = z.object({ files: z.array(z.string()) });
/** Only what carries a name of ours is ever deleted, whatever the list says. */
const ours = /\.(merging|converting)-[0-9a-f]{8}$/;

/** Which half-written files there may be, anywhere on the disk: written down before the first byte, so that a crash leaves nothing behind for good. */
export class Unfinished implements Disposable {
  private readonly store: JsonStore<z.infer<typeof content>>;

  private constructor(store: JsonStore<z.infer<typeof content>>) {
    this.store = store;
  }

  /** Deletes what an engine that was killed has left. */
  static async open(workspace: string): Promise<Unfinished> {
    const unfinished = new Unfinished(await JsonStore.open({ path: join(workspace, "unfinished.json"), schema: content, defaults: () => ({ files: [] }) }));
    await unfinished.sweep();
    return unfinished;
  }

  /** Set when the list was unreadable; what stood on it is not deleted. */
  get setAside(): SetAside | undefined {
    return this.store.setAside;
  }

  async begin(file: string): Promise<void> {
    await this.store.update(({ files }) => ({ files: [...files, file] }));
  }

  /** Deletes every file on the list; one that cannot be deleted now (its disk is gone) stays on it. */
  async sweep(): Promise<void> {
    const { files } = this.store.value;
    if (files.length === 0) return;
    const left: string[] = [];
    for (const file of files) if (ours.test(file)) await deleted(file).catch(() => left.push(file));
    await this.store.update(() => ({ files: left }));
  }

  dispose(): Promise<void> {
    return this.store.dispose();
  }
}

/** A file that is gone counts as deleted, one whose folder is not there does not: it may come back with its disk. */
async function deleted(file: string): Promise<void> {
  await access(dirname(file));
  await rm(file, { force: true, maxRetries: 3 });
}
