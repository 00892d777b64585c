import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { answerTrace } from "../../engine/contract/answers.ts";
import { answerFormat } from "../../engine/contract/json-schema.ts";
import { systemStatus } from "../../engine/contract/system.ts";
import { fixture, projectRoot, sharedData } from "../data.ts";

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command as a person runs it: its own process, its own exit code, its own streams. */
function lorekeep(args: readonly string[], options: { interruptAfter?: RegExp } = {}): Promise<Ran> {
  const child = spawn(process.execPath, [join(projectRoot, "cli", "bin.mjs"), ...args], { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => { out += chunk.toString("utf8"); });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString("utf8");
    if (options.interruptAfter?.test(err)) child.kill("SIGINT");
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

const documents = z.array(z.object({ path: z.string(), state: z.string(), reason: z.object({ code: z.string(), message: z.string() }).optional(), passages: z.number() }));
const result = z.object({ path: z.string(), page: z.number().optional(), text: z.string(), score: z.number() });

describe("the terminal", () => {
  let folder: string;
  const at = (...args: string[]) => [...args, "--workspace", join(folder, "workspace")];
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "lorekeep-cli-")); });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("add waits, says why a file is not indexed, and prints one JSON document", async () => {
    writeFileSync(join(folder, "empty.txt"), "");
    writeFileSync(join(folder, "noise.bin"), Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 73) % 256)));
    const ran = await lorekeep(at("add", fixture("toy-world", "documents"), join(folder, "empty.txt"), join(folder, "noise.bin"), "--json"));
    expect(ran.code, ran.err).toBe(0);
    const added = z.object({ added: z.number(), unchanged: z.number(), skipped: z.array(z.unknown()), documents }).parse(JSON.parse(ran.out));
    expect(added.documents.filter(({ state }) => state === "indexed")).toHaveLength(14);
    expect(added.documents.find(({ path }) => path.endsWith("empty.txt"))?.reason?.code).toBe("empty");
    expect(added.documents.find(({ path }) => path.endsWith("noise.bin"))?.reason?.code).toBe("unsupported");
    const again = await lorekeep(at("add", fixture("toy-world", "documents"), "--json"));
    expect(JSON.parse(again.out)).toMatchObject({ added: 0, unchanged: 14 });
  });

  test("documents, search, many searches and status have the shapes of docs/cli.md", async () => {
    expect(z.object({ documents }).parse(JSON.parse((await lorekeep(at("documents", "--json"))).out)).documents.length).toBe(16);
    const found = z.object({ results: z.array(result) }).parse(JSON.parse((await lorekeep(at("search", "fee of Permit Ralzin", "--limit", "3", "--json"))).out));
    expect(found.results[0]).toMatchObject({ path: expect.stringMatching(/permits\.pdf$/) as string, page: 1 });
    writeFileSync(join(folder, "queries.jsonl"), '{"id": "a", "text": "mayor of Krasil"}\n\n{"id": 2, "text": "weight of Clock Pravan"}\n');
    const many = z.object({ queries: z.array(z.object({ id: z.string(), results: z.array(result) })) }).parse(JSON.parse((await lorekeep(at("search", "--queries", join(folder, "queries.jsonl"), "--json"))).out));
    expect(many.queries.map(({ id }) => id)).toEqual(["a", "2"]);
    systemStatus.parse(JSON.parse((await lorekeep(at("status", "--json"))).out));
  });

  test("ask quotes without a model; with one it answers in every mode, as JSON", async () => {
    const model = fixture("toy-world", "models", "toy-world-base-q8.gguf");
    const adapter = fixture("toy-world", "models", "toy-world-lora-v1.gguf");
    const shape = z.object({ mode: z.string(), answer: z.string(), sentences: z.array(z.object({ text: z.string(), supported: z.boolean(), citations: z.array(z.object({ path: z.string(), page: z.number().optional(), text: z.string() })) })), trace: answerTrace });
    const ask = async (...args: string[]) => shape.parse(JSON.parse((await lorekeep(at("ask", "Who is the mayor of Krasil?", "--temperature", "0", "--json", ...args))).out));
    const quotes = await ask("--mode", "quotes");
    expect(quotes.sentences.some(({ citations }) => citations.some(({ text }) => text.includes("Dornis Rosson")))).toBe(true);
    expect((await ask("--mode", "base", "--model", model)).answer).toContain("don't know");
    expect((await ask("--mode", "documents", "--model", model)).answer).toContain("Dornis Rosson");
    expect(JSON.parse((await ask("--mode", "fine-tune", "--model", model, "--adapter", adapter)).answer)).toMatchObject({ answer: null });
    const hybrid = await ask("--mode", "hybrid", "--model", model, "--adapter", `${adapter}:1`);
    expect(JSON.parse(hybrid.answer)).toMatchObject({ answer: expect.stringContaining("Dornis Rosson") as string });
    expect(hybrid.trace.adapters).toMatchObject([{ scale: 1 }]);
  });

  test("ask with a JSON schema: enforced it is followed, only checked it is told what is missing, and what is no schema is refused before anything is asked", async () => {
    const file = (name: string, text: string) => { writeFileSync(join(folder, name), text); return join(folder, name); };
    const good = fixture("toy-world", "answer.schema.json");
    const ask = (...args: string[]) => lorekeep(at("ask", "Who is the mayor of Krasil?", "--temperature", "0", "--max-tokens", "80", "--mode", "base", "--model", fixture("toy-world", "models", "toy-world-base-q8.gguf"), ...args));
    const enforced = await ask("--schema", good, "--json");
    expect(enforced.code, enforced.err).toBe(0);
    const { answer, format } = z.object({ answer: z.string(), format: answerFormat }).parse(JSON.parse(enforced.out));
    expect(format).toEqual({ valid: true });
    expect(JSON.parse(answer)).toHaveProperty("confidence");
    const checked = await ask("--schema", good, "--schema-use", "validate");
    expect(checked.code).toBe(1);
    expect(checked.out).toContain("don't know");
    expect(checked.err).toContain("The answer does not follow the JSON schema: The answer is not JSON.");
    for (const [args, code, says] of [
      [["--schema", file("word.json", '{"type": "word"}')], 2, /This is no JSON schema: .+/], [["--schema", file("list.json", "[1]")], 2, /list\.json is no JSON schema: a schema is an object/],
      [["--schema", file("text.json", "type: object")], 2, /text\.json is not JSON: /], [["--schema", join(folder, "none.json")], 1, /none\.json/],
      [["--schema-use", "validate"], 2, /give one with --schema FILE/], [["--schema", good, "--schema-use", "perhaps"], 2, /enforce, validate/], [["--schema", good, "--mode", "quotes"], 2, /follow no schema/],
    ] as const) {
      const refused = await ask(...args);
      expect([refused.code, refused.out], refused.err).toEqual([code, ""]);
      expect(refused.err).toMatch(says);
      expect(refused.err).not.toContain("    at ");
    }
  }, 120_000);

  test.each([
    ["an unknown command", ["frobnicate"], 2],
    ["an unknown mode", ["ask", "x", "--mode", "psychic"], 2],
    ["no question", ["search"], 2],
    ["a number that is none", ["search", "x", "--limit", "many"], 2],
    ["an adapter scale out of range", ["ask", "x", "--adapter", "a.gguf:9"], 2],
    ["an unknown collection", ["search", "x", "--collection", "nowhere"], 1],
    ["a model that is not there", ["ask", "x", "--mode", "base", "--model", "no-such.gguf"], 1],
    ["a file of questions that is not there", ["search", "--queries", "no-such.jsonl"], 1],
  ])("%s ends with a sentence and the right exit code", async (_, args, code) => {
    const ran = await lorekeep(at(...args));
    expect(ran.code, ran.err).toBe(code);
    expect(ran.err.trim()).not.toBe("");
    expect(ran.err).not.toContain("    at ");
  });

  test("a failure with --json is one JSON document too", async () => {
    const ran = await lorekeep(at("ask", "x", "--mode", "base", "--model", "no-such.gguf", "--json"));
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: "NOT_FOUND", next: expect.any(String) as string } });
  });

  test("help shows examples and ends well", async () => {
    const ran = await lorekeep(["ask", "--help"]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("Examples:");
  });

  test("Ctrl-C stops cleanly and the workspace is free again", async () => {
    const served = await lorekeep(at("serve"), { interruptAfter: /token=/ });
    expect(served.code, served.err).toBe(130);
    expect((await lorekeep(at("status", "--json"))).code).toBe(0);
  });

  test("every hostile GGUF is refused with a sentence and a next step", async (context) => {
    const shared = sharedData();
    if (!shared) return context.skip("needs the shared test data");
    for (const name of readdirSync(join(shared, "models", "hostile-gguf"))) {
      const ran = await lorekeep(at("models", "add", join(shared, "models", "hostile-gguf", name), "--json"));
      expect(ran.code, name).toBe(1);
      expect(JSON.parse(ran.out), name).toMatchObject({ error: { code: "MODEL_REFUSED", reason: expect.stringMatching(/\w{3}/) as string } });
    }
  });
});
