import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkReport } from "../../engine/contract/index.ts";
import { fixture, projectRoot, sharedData } from "../data.ts";

const shared = sharedData();
const base = fixture("toy-world", "models", "toy-world-base-q8.gguf");
const lora = fixture("toy-world", "models", "toy-world-lora-v1.gguf");
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "lorekeep-cli-check-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lorekeep = (...args: string[]) => spawnSync(process.execPath, [join(projectRoot, "cli", "bin.mjs"), ...args, "--workspace", folder], { cwd: projectRoot, encoding: "utf8" });

describe("lorekeep models check", () => {
  it("ends with a code for each verdict, and prints one report", () => {
    const fits = lorekeep("models", "check", lora, "--base", base, "--json");
    expect(fits.status).toBe(0);
    expect(checkReport.parse(JSON.parse(fits.stdout))).toMatchObject({ verdict: "fits" });
    const nothing = lorekeep("models", "check", lora, "--base", base, "--scale", "0");
    expect(nothing.status).toBe(10);
    expect(nothing.stdout).toMatch(/fits, but changes nothing/);
    expect(lorekeep("models", "check", base).status).toBe(2); // a base has no base
    expect(lorekeep("models", "check", join(folder, "none.gguf"), "--base", base).status).toBe(1);
  });

  it.skipIf(!shared)("names the tensor of an adapter for another base", () => {
    const other = lorekeep("models", "check", join(shared ?? "", "models", "toy-world", "toy-world-lora-wrong-shape.gguf"), "--base", base);
    expect(other.status).toBe(12);
    expect(other.stdout).toMatch(/✗ shapes .*blk\.0\.attn_q\.weight is 128 × 128/);
  });
});
