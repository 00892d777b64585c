import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runReport } from "../../engine/contract/reports.ts";
import { runSummary } from "../../engine/contract/runs.ts";
import { fixture, projectRoot } from "../data.ts";

/** The command as a person runs it: its own process, its own exit code, its own streams. */
function lorekeep(args: readonly string[], stop?: { after: RegExp; signal: NodeJS.Signals }): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(projectRoot, "cli", "bin.mjs"), ...args], { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => { out += chunk.toString("utf8"); });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString("utf8");
    if (stop?.after.test(err)) child.kill(stop.signal);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

describe("evaluation from the terminal", () => {
  let folder: string;
  let file: string;
  const at = (...args: string[]) => lorekeep([...args, "--workspace", join(folder, "workspace")]);
  const model = ["--model", fixture("toy-world", "models", "toy-world-base-q8.gguf"), "--max-tokens", "60"];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lorekeep-cli-eval-"));
    file = join(folder, "Few.jsonl");
    const lines = readFileSync(fixture("toy-world", "questions.jsonl"), "utf8").split("\n").slice(0, 3);
    writeFileSync(file, [...lines, "{broken", ""].join("\n"));
    const added = await at("add", fixture("toy-world", "documents"));
    expect(added.code, added.err).toBe(0);
    writeFileSync(join(folder, "workspace", "settings.json"), JSON.stringify({ version: 1, models: { threads: 1, gpu: "off" } }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("a file becomes a set; its broken line is named; every corner is asked; limits that hold exit with 0, broken ones with 1", async () => {
    const ran = await at("eval", "run", file, ...model, "--threshold", "Documents:fact>=0.9", "--out", join(folder, "report"), "--json");
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err).toMatch(/Few\.jsonl, line 4: Not JSON/);
    const { run, report } = JSON.parse(ran.out) as { run: unknown; report: unknown };
    expect(runSummary.parse(run)).toMatchObject({ state: "done", progress: { done: 6, total: 6 } });
    expect(runReport.parse(report).corners.map(({ name, scores }) => [name, scores.fact?.mean])).toEqual([["Base", 0], ["Documents", 1]]);
    expect(readdirSync(join(folder, "report")).map((name) => name.split(".").pop()).sort()).toEqual(["csv", "html", "json", "md"]);
    const broken = await at("eval", "report", "last", "--threshold", "fact>=0.5");
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/BROKEN {2}Facts, Base: 0 %, under the limit of 50 %\.\nok {6}Facts, Documents/);
  });

  test("sets are listed, taken out and in; two runs are compared", async () => {
    expect((await at("eval", "sets")).out).toMatch(/^Few {2}3 questions/);
    expect((await at("eval", "sets", "export", "Few", join(folder, "few.csv"))).code).toBe(0);
    expect((await at("eval", "sets", "import", join(folder, "few.csv"), "--into", "few")).out).toContain("Few: 0 added, 3 replaced, 0 lines left out.");
    expect((await at("eval", "compare", "last", "Few")).out).toContain("Documents: 0 of 3 questions came right, 0 went wrong.");
  });

  test("wrong usage exits with 2, what is not there with 1, each in a sentence", async () => {
    for (const [args, code, words] of [
      [["eval", "run", "Few", "--threshold", "fact<=1"], 2, "fact is good when it is high"],
      [["eval", "run", "Few", "--corners", "base,fast"], 2, "“fast” is none of base, documents"],
      [["eval", "run", "Few", "--work", "changes=often"], 2, "name all five"],
      [["eval", "run", "Nothing"], 1, "There is no question set “Nothing”, and no such file."],
      [["eval", "run", "Few", "--enforce", ...model], 2, "to enforce a JSON schema"],
      [["eval", "report", "zzz"], 1, "There is no run “zzz”."],
    ] as const) {
      const ran = await at(...args);
      expect(ran.err, args.join(" ")).toContain(words);
      expect(ran.code, args.join(" ")).toBe(code);
    }
  });
});
