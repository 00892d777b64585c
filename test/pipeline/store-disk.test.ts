import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fromLance } from "../../engine/knowledge/lance/native-errors.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import { DIMENSIONS, documentWith, everything } from "../suites/store-documents.ts";

/** Mounts a small disk of its own in memory; only root on Linux may. */
function mount(folder: string, ...options: string[]): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options.join(","), "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("a disk that is full or may not be written", () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), "lorekeep-disk-")); });
  afterEach(async () => {
    try {
      // Lazily: LanceDB keeps files open for a while after its tables were closed.
      execFileSync("umount", ["-l", folder], { stdio: "ignore" });
    } catch {
      // It was never mounted.
    }
    await rm(folder, { recursive: true });
  });
  const open = () => openKnowledge({ uri: join(folder, "knowledge"), embedderIdentity: "disk:16d", dimensions: DIMENSIONS });
  const big = (id: string) => documentWith(id, Array.from({ length: 400 }, (_, i) => `${id} heron ${Array.from({ length: 60 }, (_, j) => (i * 7919 + j * 104729).toString(36)).join(" ")}`));

  it("full: says so, keeps what was there, and goes on when there is room", async (context) => {
    if (!mount(folder, "size=3m")) return context.skip("needs root on Linux to mount a small disk");
    const store = await open();
    await store.put([documentWith("first", ["The first heron."])]);
    let failed: unknown;
    let stored = 0;
    for (let i = 0; i < 40 && failed === undefined; i++) {
      await store.put([big(`big${i}`)]).then(() => { stored++; }, (error: unknown) => { failed = error; });
    }
    expect(failed).toMatchObject({ code: "NO_SPACE" });
    expect((await store.committed()).size).toBe(1 + stored);
    expect((await store.searchLexical("heron", everything, 100_000)).length).toBe(1 + stored * 400);
    execFileSync("mount", ["-o", "remount,size=64m", folder]);
    await store.put([big("after")]);
    expect((await store.searchLexical("heron", everything, 100_000)).length).toBe(1 + (stored + 1) * 400);
    await store.dispose();
    const again = await open();
    // The put that made room has swept what the failed one had to leave.
    expect(await again.recover()).toEqual({ sweptPassages: 0 });
    expect((await again.stats()).passages).toBe(1 + (stored + 1) * 400);
    expect((await again.searchLexical("heron", everything, 100_000)).length).toBe(1 + (stored + 1) * 400);
    await again.dispose();
  });

  it("read-only: says so when it is opened and when it is written", async (context) => {
    if (!mount(folder, "size=16m")) return context.skip("needs root on Linux to mount a small disk");
    const store = await open();
    await store.put([documentWith("first", ["The first heron."])]);
    execFileSync("mount", ["-o", "remount,ro", folder]);
    await expect(store.put([documentWith("second", ["No heron."])])).rejects.toMatchObject({ code: "READ_ONLY" });
    expect(await store.searchLexical("heron", everything, 10)).toHaveLength(1);
    await store.dispose();
    await expect(openKnowledge({ uri: join(folder, "elsewhere"), embedderIdentity: "x", dimensions: DIMENSIONS })).rejects.toMatchObject({ code: "READ_ONLY" });
    execFileSync("mount", ["-o", "remount,rw", folder]);
  });

  it("is told from LanceDB's text, which is all there is", () => {
    const code = (message: string) => (fromLance(new Error(message), "x") as { code?: string }).code;
    expect(code("IO error: No space left on device (os error 28), lance-io/local.rs")).toBe("NO_SPACE");
    expect(code("Permission denied (os error 13)")).toBe("READ_ONLY");
    expect(code("Read-only file system (os error 30)")).toBe("READ_ONLY");
    expect(code("Something else (os error 4)")).toBeUndefined();
    expect(code("Schema error")).toBeUndefined();
  });
});
