import { mkdir, rename, rm, rmdir, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, openWorld, removeFolder, temporaryFolder, write, type World } from "./library-harness.ts";

const watchTimes = { settleMs: 200, holdMs: 800, missingMs: 300 };

describe("a watched folder", () => {
  let folder: string;
  let docs: string;
  let world: World;
  beforeEach(async () => {
    folder = await temporaryFolder();
    docs = join(folder, "docs");
    await write(join(docs, "a.txt"), "The apple is red.");
    await write(join(docs, "sub/b.txt"), "The banana is yellow.");
    world = await openWorld(folder, { watchTimes });
    await call(world.routes.documents.add, { paths: [docs], watch: true });
    await call(world.routes.queue.idle, undefined);
  });
  afterEach(async () => {
    await world.close();
    await removeFolder(folder);
  });
  const restart = async (meanwhile: () => Promise<unknown>) => {
    await world.close();
    await meanwhile();
    world = await openWorld(folder, { watchTimes });
  };
  const texts = async (): Promise<Record<string, string>> => {
    const rows = [...world.library.parts.registry.all()];
    const entries = await Promise.all(rows.map(async ({ id, path, state }) => {
      const passages = await world.store.neighbours(id, 0, 100);
      const agrees = passages.every((passage) => passage.path === path);
      return [path.slice(docs.length + 1), state === "indexed" && agrees ? passages.map(({ text }) => text).join("\n") : state];
    }));
    return Object.fromEntries(entries.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
  };
  const becomes = (expected: Record<string, string>) => expect.poll(texts, { timeout: 15_000, interval: 200 }).toEqual(expected);
  const idOf = (name: string) => [...world.library.parts.registry.all()].find((record) => record.name === name)?.id;
  const a = { "a.txt": "The apple is red." };
  const b = { "sub/b.txt": "The banana is yellow." };

  it("follows what is added, changed and deleted", async () => {
    await write(join(docs, "c.txt"), "The cherry is dark.");
    await becomes({ ...a, "c.txt": "The cherry is dark.", ...b });
    await write(join(docs, "c.txt"), "The cherry is sweet and dark.");
    await becomes({ ...a, "c.txt": "The cherry is sweet and dark.", ...b });
    await rm(join(docs, "c.txt"));
    await write(join(docs, ".hidden"), "no");
    await becomes({ ...a, ...b });
    expect((await world.store.stats()).documents).toBe(2);
    expect(world.notices).toEqual([]);
  });

  it("keeps the vectors of what is renamed or moved within", async () => {
    const before = [world.embedded.count, idOf("a.txt")];
    await rename(join(docs, "a.txt"), join(docs, "sub/apple.txt"));
    await becomes({ "sub/apple.txt": "The apple is red.", ...b });
    expect([world.embedded.count, idOf("apple.txt")]).toEqual(before);
    expect(await call(world.routes.folders.list, undefined)).toMatchObject([{ path: docs, state: "watching", documents: 2 }]);
  });

  it("catches up after a restart with what happened meanwhile", async () => {
    const before = idOf("a.txt");
    await restart(async () => {
      await rename(join(docs, "a.txt"), join(docs, "apple.txt"));
      await rm(join(docs, "sub"), { recursive: true });
      await write(join(docs, "new.txt"), "The pear is new.");
    });
    await becomes({ "apple.txt": "The apple is red.", "new.txt": "The pear is new." });
    expect(idOf("apple.txt")).toBe(before);
    expect(world.embedded.count).toBe(1);
  });

  it("keeps the documents of a folder that is missing, and goes on when it is back", async () => {
    await rename(docs, join(folder, "away"));
    await expect.poll(async () => (await call(world.routes.folders.list, undefined))[0]?.state, { timeout: 15_000 }).toBe("missing");
    expect(Object.keys(await texts())).toEqual(["a.txt", "sub/b.txt"]);
    await restart(() => Promise.resolve());
    expect((await call(world.routes.folders.list, undefined))[0]).toMatchObject({ state: "missing", documents: 2 });
    await rename(join(folder, "away"), docs);
    await expect.poll(async () => (await call(world.routes.folders.list, undefined))[0]?.state, { timeout: 15_000 }).toBe("watching");
    await write(join(docs, "c.txt"), "Back again.");
    await becomes({ ...a, "c.txt": "Back again.", ...b });
    expect(world.embedded.count).toBe(1);
  });

  it("keeps the documents of a place that is found empty, as the one is at which a drive appears", async () => {
    await restart(async () => {
      await rename(docs, join(folder, "away"));
      await mkdir(docs);
    });
    await expect.poll(async () => (await call(world.routes.folders.list, undefined))[0], { timeout: 15_000 }).toMatchObject({ state: "missing", documents: 2 });
    expect(await texts()).toEqual({ ...a, ...b });
    await rmdir(docs);
    await rename(join(folder, "away"), docs);
    await expect.poll(async () => (await call(world.routes.folders.list, undefined))[0]?.state, { timeout: 15_000 }).toBe("watching");
    await rm(join(docs, "a.txt"));
    await becomes(b);
    expect(world.embedded.count).toBe(0);
  });

  it("is let go also while its files are taken, and leaves nothing behind", async () => {
    const other = join(folder, "other");
    for (let n = 0; n < 40; n++) await write(join(other, `${n}.txt`), `Number ${n}.`);
    const adding = call(world.routes.documents.add, { paths: [other], watch: true });
    const listed = () => call(world.routes.folders.list, undefined).then((all) => all.find(({ path }) => path === other));
    await expect.poll(listed, { interval: 1 }).toBeDefined();
    await call(world.routes.folders.remove, { id: (await listed())?.id ?? "", forget: true });
    await adding;
    expect(await listed()).toBeUndefined();
    expect([...world.library.parts.registry.all()].filter(({ path }) => path.startsWith(other))).toEqual([]);
    await write(join(other, "late.txt"), "Nobody looks here any more.");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(Object.keys(await texts())).toEqual(["a.txt", "sub/b.txt"]);
  });

  it("is let go at any moment while its watcher starts", async () => {
    const { registry } = world.library.parts;
    for (const ms of [0, 0, 1, 2, 4, 8]) {
      const record = { id: `f${Math.random()}`, path: docs, collectionId: registry.collection().id, private: false };
      await registry.putFolder(record);
      const following = world.library.folders.follow(record);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await world.library.folders.unfollow(record.id);
      await following;
    }
    expect(registry.allFolders()).toHaveLength(1);
  });

  it("survives links in circles, a touched file, and being let go", async () => {
    await symlink(docs, join(docs, "sub/circle"));
    await utimes(join(docs, "a.txt"), new Date(), new Date());
    await mkdir(join(docs, "empty"));
    await restart(() => Promise.resolve());
    await becomes({ ...a, ...b });
    expect(world.embedded.count).toBe(0);
    const [followed] = await call(world.routes.folders.list, undefined);
    await call(world.routes.folders.remove, { id: followed?.id ?? "", forget: false });
    await rm(join(docs, "a.txt"));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(Object.keys(await texts())).toEqual(["a.txt", "sub/b.txt"]);
    await call(world.routes.documents.add, { paths: [docs], watch: true });
    const [again] = await call(world.routes.folders.list, undefined);
    await call(world.routes.folders.remove, { id: again?.id ?? "", forget: true });
    expect(Object.keys(await texts())).toEqual(["a.txt"]);
  });
});
