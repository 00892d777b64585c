import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convertEvent, mergeEvent } from "../../engine/contract/tune.ts";
import { projectRoot } from "../data.ts";
import { noise, writePeft } from "../fakes/peft-builder.ts";
import { smallFamilies, smallModel } from "../fakes/small-models.ts";

function lorekeep(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(projectRoot, "cli", "bin.mjs"), ...args], { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => { out += chunk.toString("utf8"); });
  child.stderr.on("data", (chunk: Buffer) => { err += chunk.toString("utf8"); });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

describe("lorekeep models convert and merge", () => {
  let folder: string;
  const at = (...args: string[]) => ["models", ...args, "--workspace", join(folder, "workspace")];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lorekeep-cli-tune-"));
    writeFileSync(join(folder, "base.gguf"), smallModel(smallFamilies[0]!, { values: (name, n) => noise(name.length + n, n) }));
    writePeft(join(folder, "voice"), { tensors: {
      "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight": { shape: [4, 32], values: noise(1, 128) }, "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight": { shape: [32, 4], values: noise(2, 128) },
    } });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("make a file or an item of the shelf, and print the shapes of docs/cli.md", async () => {
    const converted = await lorekeep(...at("convert", join(folder, "voice"), "--base", join(folder, "base.gguf"), "--json"));
    expect(converted.code, converted.err).toBe(0);
    expect(convertEvent.parse({ type: "done", ...JSON.parse(converted.out) as object })).toMatchObject({ targets: 1, item: { name: "voice", kind: "adapter" } });
    const merged = await lorekeep(...at("merge", join(folder, "base.gguf"), "voice:0.5", "--type", "Q8_0", "--output", join(folder, "mine.gguf"), "--json"));
    expect(merged.code, merged.err).toBe(0);
    expect(mergeEvent.parse({ type: "done", ...JSON.parse(merged.out) as object })).toMatchObject({ path: join(folder, "mine.gguf"), changed: 1 });
    expect(existsSync(join(folder, "mine.gguf"))).toBe(true);
  });

  test("say in one sentence why not, and exit with 1; wrong usage with 2", async () => {
    const twice = await lorekeep(...at("merge", join(folder, "base.gguf"), "voice", "--output", join(folder, "mine.gguf"), "--json"));
    expect([twice.code, JSON.parse(twice.out)]).toMatchObject([1, { error: { code: "CONFLICT", reason: "There is a file mine.gguf already." } }]);
    const wrong = await lorekeep(...at("merge", "voice", "voice"));
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("is an adapter, not a model to merge into");
    expect((await lorekeep(...at("convert", join(folder, "nowhere")))).err).toContain("There is no such folder: nowhere");
    expect((await lorekeep(...at("merge", join(folder, "base.gguf"), "voice", "--type", "Q4_K"))).code).toBe(2);
  });
});
