import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fineTune, gateRecord } from "../../engine/contract/index.ts";
import { fixture, projectRoot, sharedData } from "../data.ts";

const shared = sharedData();
const base = fixture("toy-world", "models", "toy-world-base-q8.gguf");
const toy = (name: string) => join(shared ?? "", "models", "toy-world", name);
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "lorekeep-cli-gate-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function lorekeep(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, "cli", "bin.mjs"), ...args, "--workspace", join(folder, "workspace")], { cwd: projectRoot, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe.skipIf(!shared)("lorekeep models promote", () => {
  it("runs the gate, stops a worse version with its own exit code, and promotes it only anyway", () => {
    const jsonSchema = JSON.parse(readFileSync(fixture("toy-world", "answer.schema.json"), "utf8")) as unknown;
    const questions = readFileSync(join(shared ?? "", "data", "toy-world", "questions.jsonl"), "utf8").trim().split("\n").slice(0, 8).map((line) => JSON.parse(line) as Record<string, unknown>);
    writeFileSync(join(folder, "form.jsonl"), questions.map((question) => `${JSON.stringify({ ...question, jsonSchema })}\n`).join(""));
    expect(lorekeep("add", fixture("toy-world", "documents")).status).toBe(0);
    for (const file of [base, toy("toy-world-lora-v1.gguf"), toy("toy-world-lora-v2-worse.gguf")]) expect(lorekeep("models", "add", file).status).toBe(0);
    for (const version of ["v1", "v2-worse"]) expect(lorekeep("models", "version", `toy-world-lora-${version}`, "--of", "Form").status).toBe(0);
    const gate = ["models", "promote", "Form", "2", "--set", join(folder, "form.jsonl"), "--base", "toy-world-base-q8", "--max-tokens", "60"];

    const stopped = lorekeep(...gate);
    expect(stopped.status).toBe(14);
    expect(stopped.stdout).toMatch(/form, hybrid: version 1 \(default\) \d+ % right, version 2 \d+ %, of 8 questions/);
    expect(stopped.stdout).toMatch(/Got worse \(\d\):\n {2}.+\?\n {4}before {2}\{"answer"/);
    expect(stopped.stdout).toMatch(/version 1 stays the default of Form/);

    const anyway = JSON.parse(lorekeep(...gate, "--anyway", "--json").stdout) as { promoted: boolean; gate: unknown; fineTune: unknown };
    expect(anyway.promoted).toBe(true);
    expect(gateRecord.parse(anyway.gate)).toMatchObject({ decision: "worse", n: 8 });
    expect(fineTune.parse(anyway.fineTune).history.at(-1)).toMatchObject({ kind: "promoted-anyway", number: 2, gate: { set: "form" } });
    const asked = () => (JSON.parse(lorekeep("ask", "Who is the mayor of Selalson?", "--mode", "fine-tune", "--model", "toy-world-base-q8", "--adapter", "Form", "--temperature", "0", "--max-tokens", "60", "--json").stdout) as { trace: { adapters: unknown } }).trace.adapters;
    expect(asked(), "a fine-tune's name means its default version").toMatchObject([{ name: expect.stringMatching(/v2/) as string }]);
    expect(lorekeep("models", "rollback", "Form").stdout).toMatch(/Version 1 is the default of Form again/);
    expect(asked()).toMatchObject([{ name: expect.not.stringMatching(/v2/) as string }]);
    expect(lorekeep("models", "versions", "Form").stdout).toMatch(/version 2 promoted anyway after its gate on form\n.*version 1 restored/);
  }, 180_000);
});
