import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot } from "../data.ts";
import { GeneratorUnderTest } from "./generator-worker.ts";

const watcher = join(projectRoot, "test", "fakes", "no-children.cjs");
const before = { ...process.env };
let folder: string;

/** What the watched process left: "watching", then a line for each child it tried to start. */
const started = async () => (await readFile(join(folder, "children.log"), "utf8")).trim().split("\n");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "no-fork-"));
  process.env.NODE_OPTIONS = `${before.NODE_OPTIONS ?? ""} --require "${watcher}"`.trim();
  process.env.CHILDREN_LOG = join(folder, "children.log");
});
afterEach(async () => {
  for (const name of ["NODE_OPTIONS", "CHILDREN_LOG", "AS_ELECTRON"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await rm(folder, { recursive: true, force: true });
});

describe("the generator starts no process", () => {
  it.each([["Node", undefined, "off"], ["Node", undefined, "auto"], ["Electron", "45.0.0", "off"], ["Electron", "45.0.0", "auto"]] as const)("in %s (%s), GPU %s: loads the toy model and answers, childless", async (_, electron, gpu) => {
    if (electron) process.env.AS_ELECTRON = electron;
    const worker = new GeneratorUnderTest();
    try {
      expect(await worker.load({ gpu })).toMatchObject({ architecture: "llama" });
      expect((await worker.answer()).text).toBe("I don't know.");
    } finally {
      worker.dispose();
    }
    expect(await started()).toEqual(["watching"]);
  });

  // The library tests prebuilt binaries always on Linux, elsewhere not or only with a GPU: the control needs it to try.
  it.skipIf(process.platform !== "linux").each([undefined, "45.0.0"])("which it would do by itself (Electron %s)", async (electron) => {
    if (electron) process.env.AS_ELECTRON = electron;
    const script = `import("node-llama-cpp").then(({ getLlama }) => getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false }))
      .then(() => console.log("loaded"), () => console.log("failed")).finally(() => process.exit())`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: projectRoot });
    expect(stdout).toContain("failed");
    expect(await started()).toEqual(["watching", expect.stringContaining("testBindingBinary.js")]);
  });
});
