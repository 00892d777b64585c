import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { settings } from "../../../engine/contract/settings.ts";
import { searchChange } from "../../../engine/contract/search.ts";
import { settingsPatch } from "../../../engine/contract/settings.ts";
import { openSettings } from "../../../engine/settings/settings.ts";

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "lorekeep-settings-")); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a patch changes its fields and leaves the others; the file survives a restart", async () => {
  const store = await openSettings(folder);
  expect(store.value.ingest.passageTokens).toBe(128);
  await store.update({ ingest: { passageTokens: 96 }, appearance: { theme: "dark" } });
  await store.dispose();
  const again = await openSettings(folder);
  expect(again.value).toMatchObject({ ingest: { passageTokens: 96, readers: 1 }, appearance: { theme: "dark", textSize: 15 } });
});

test("a value out of range is refused and nothing is written", async () => {
  const store = await openSettings(folder);
  await store.update({ ingest: { readers: 2 } });
  const before = readFileSync(join(folder, "settings.json"), "utf8");
  await expect((async () => store.update({ ingest: { readers: 99 } }))()).rejects.toThrow();
  expect(readFileSync(join(folder, "settings.json"), "utf8")).toBe(before);
});

test("an unreadable file is set aside, not replaced", async () => {
  writeFileSync(join(folder, "settings.json"), "{ not json");
  const store = await openSettings(folder);
  expect(store.setAside?.reason).toContain("not JSON");
  expect(readFileSync(store.setAside?.movedTo ?? "", "utf8")).toBe("{ not json");
});

test("null sets a field back: to its default, or to nothing where it has none", async () => {
  const store = await openSettings(folder);
  await store.update({ models: { threads: 4, idleMinutes: 0 } });
  expect((await store.update({ models: { threads: null, idleMinutes: null } })).models).toEqual(settings.parse({}).models);
});

test("a patch that has crossed the contract names only what was given", async () => {
  const store = await openSettings(folder);
  await store.update({ appearance: { textSize: 18 } });
  await store.update(settingsPatch.parse({ appearance: { theme: "dark" } }));
  expect(store.value.appearance).toEqual({ theme: "dark", textSize: 18 });
});

test("a search's own settings name only what was given, too", () => {
  expect(searchChange.parse({})).toEqual({});
});
