import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { JsonStore } from "../../../engine/base/json-store.ts";

const schema = z.object({ names: z.array(z.string()) });
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "json-store-"));
  path = join(folder, "things.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const open = (migrations = [] as ((c: Record<string, unknown>) => Record<string, unknown>)[]) =>
  JsonStore.open({ path, schema, defaults: () => ({ names: [] as string[] }), migrations });

describe("JsonStore", () => {
  it("starts with the defaults, writes nothing before the first update, and reads back what it wrote", async () => {
    const store = await open();
    expect(store.value).toEqual({ names: [] });
    expect(await readdir(folder)).toEqual([]);
    await store.update((v) => ({ names: [...v.names, "Ada"] }));
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ version: 1, names: ["Ada"] });
    expect((await open()).value).toEqual({ names: ["Ada"] });
  });

  it("runs updates one after the other, so none is lost", async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.update((v) => ({ names: [...v.names, String(i)] }))));
    expect((await open()).value.names).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  });

  it("refuses a change that breaks the schema and goes on", async () => {
    const store = await open();
    await expect(store.update(() => ({ names: [7] as unknown as string[] }))).rejects.toMatchObject({ code: "INVALID" });
    await store.update(() => ({ names: ["after"] }));
    expect(store.value.names).toEqual(["after"]);
  });

  it.each([
    ["empty", "", /empty/],
    ["cut", '{"version": 1, "names": ["A', /not JSON/],
    ["without version", '{"names": []}', /version/],
    ["of another shape", '{"version": 1, "names": "Ada"}', /names/],
  ])("sets aside a file that is %s, with its bytes, and says why", async (_name, text, reason) => {
    await writeFile(`${path}.broken-1`, "an earlier one");
    await writeFile(path, text);
    const store = await open();
    expect(store.setAside).toMatchObject({ movedTo: `${path}.broken-2`, reason: expect.stringMatching(reason) });
    expect(await readFile(`${path}.broken-2`, "utf8")).toBe(text);
    expect(await readFile(`${path}.broken-1`, "utf8")).toBe("an earlier one");
    expect(store.value).toEqual({ names: [] });
  });

  it("migrates step by step, keeps the old file, and writes the new version", async () => {
    const old = '{"version": 1, "name": "Ada"}';
    await writeFile(path, old);
    const steps = [(c: Record<string, unknown>) => ({ all: [c["name"]] }), (c: Record<string, unknown>) => ({ names: c["all"] })];
    expect((await open(steps)).value).toEqual({ names: ["Ada"] });
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ version: 3, names: ["Ada"] });
    expect(await readFile(`${path}.v1`, "utf8")).toBe(old);
  });

  it("does not touch a file of a newer version", async () => {
    await writeFile(path, '{"version": 9, "names": []}');
    await expect(open()).rejects.toMatchObject({ code: "UNSUPPORTED" });
    expect(await readdir(folder)).toEqual(["things.json"]);
  });

  it("keeps the old value when the disk refuses", async () => {
    const store = await open();
    await store.update(() => ({ names: ["kept"] }));
    await rm(folder, { recursive: true });
    await writeFile(folder, "a file where the folder was");
    await expect(store.update(() => ({ names: ["lost"] }))).rejects.toThrow();
    expect(store.value.names).toEqual(["kept"]);
  });
});
