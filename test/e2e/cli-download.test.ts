import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, projectRoot } from "../data.ts";
import { FakeHub } from "../fakes/hub-server.ts";

let folder: string;
let hub: FakeHub;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lorekeep-cli-download-"));
  hub = await FakeHub.start();
});
afterAll(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The command beside the hub that this process is. `stopAfter`: Ctrl-C once so many bytes have come. */
function lorekeep(args: readonly string[], stopAfter?: number): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(projectRoot, "cli", "bin.mjs"), ...args, "--workspace", join(folder, "workspace")], { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HF_ENDPOINT: hub.endpoint } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => { out += chunk.toString("utf8"); });
  child.stderr.on("data", (chunk: Buffer) => { err += chunk.toString("utf8"); });
  const watching = stopAfter === undefined ? undefined : setInterval(() => {
    if (partialBytes() < stopAfter) return;
    clearInterval(watching); // A second one would end it at once.
    child.kill("SIGINT");
  }, 20);
  return new Promise((resolve) => child.once("close", (code) => {
    clearInterval(watching);
    resolve({ code, out, err });
  }));
}

function partialBytes(): number {
  const downloads = join(folder, "workspace", "downloads");
  const found = existsSync(downloads) ? readdirSync(downloads, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith("toy.gguf.partial")) : undefined;
  return found === undefined ? 0 : statSync(join(downloads, found)).size;
}

describe("lorekeep models download", () => {
  it("keeps what has come when it is stopped with Ctrl-C, and goes on there with the same command", async () => {
    const content = readFileSync(fixture("toy-world", "models", "toy-world-base-q8.gguf"));
    hub.add("owner/toy/toy.gguf", { content, slowMs: 20 });
    const stopped = await lorekeep(["models", "download", "owner/toy", "toy.gguf"], 200_000);
    expect(stopped).toMatchObject({ code: 130, err: expect.stringMatching(/Stopped\.\n$/) as string });
    const kept = partialBytes();
    expect(kept).toBeGreaterThanOrEqual(200_000);
    hub.add("owner/toy/toy.gguf", { content });
    const done = await lorekeep(["models", "download", "owner/toy", "toy.gguf"]);
    expect(done).toMatchObject({ code: 0, out: "toy is on the shelf.\n" });
    expect(hub.transfers.at(-1)?.headers.range).toBe(`bytes=${kept}-`);
  });
});
