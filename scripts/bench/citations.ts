/**
 * Citation precision through the product: `lorekeep add`, then `lorekeep eval retrieval --answers`. A cited passage is right where it holds the
 * expected words and is of the source that the sentence names; a highlight, where the marked words themselves hold them.
 *   node scripts/run.mjs scripts/bench/citations.ts [--sets toy,pdfs] [--answers documents,quotes] [--json] [--data ../shared]
 * toy: the toy world's stand-alone questions, answered by its model (documents) or with quotes. pdfs: test/fixtures/pdf-questions.jsonl over all PDFs of
 * documents/mixed and pdf-samples and the toy world's; quotes only, since no model at hand can talk about them. XQuAD: scripts/bench/xquad.ts.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ToyQuestion } from "./toy-world-run.ts";

const { values } = parseArgs({ options: {
  sets: { type: "string", default: "toy,pdfs" }, answers: { type: "string", default: "documents,quotes" }, json: { type: "boolean", default: false },
  data: { type: "string", default: process.env.LOREKEEP_TEST_DATA ?? "../shared" },
} });
const world = resolve("test", "fixtures", "toy-world");

async function lorekeep(args: readonly string[], show: boolean): Promise<void> {
  const child = spawn(process.execPath, ["cli/bin.mjs", ...args], { stdio: ["ignore", show ? "inherit" : "ignore", "inherit"] });
  const code = await new Promise<number | null>((done) => child.once("exit", done));
  if (code !== 0) throw new Error(`lorekeep ${args.slice(0, 2).join(" ")} ended with ${code}`);
}

/** Follow-ups are left out: they are asked outside of any conversation here. */
function toyQuestions(file: string): void {
  const all = readFileSync(join(world, "questions.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as ToyQuestion);
  const lines = all.filter(({ expects }) => expects !== "followup").map(({ id, question, answer, document }) => (answer === null ? { id, question, unanswerable: true } : { id, question, expectDocument: document, expectPhrase: answer }));
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
}

function pdfsInto(folder: string): void {
  mkdirSync(folder);
  const data = resolve(values.data, "documents");
  const files = [...readdirSync(join(data, "mixed")).map((name) => join(data, "mixed", name)), ...readdirSync(join(data, "pdf-samples"), { recursive: true, encoding: "utf8" }).map((name) => join(data, "pdf-samples", name)), ...readdirSync(join(world, "documents")).map((name) => join(world, "documents", name))];
  for (const file of files.filter((name) => name.endsWith(".pdf"))) copyFileSync(file, join(folder, basename(file)));
}

const scratch = mkdtempSync(join(tmpdir(), "lorekeep-citations-"));
try {
  for (const set of values.sets.split(",")) {
    const workspace = ["--workspace", join(scratch, `workspace-${set}`)];
    const questions = set === "toy" ? join(scratch, "toy.jsonl") : resolve("test", "fixtures", "pdf-questions.jsonl");
    if (set === "toy") toyQuestions(questions);
    else pdfsInto(join(scratch, "pdfs"));
    await lorekeep(["add", set === "toy" ? join(world, "documents") : join(scratch, "pdfs"), "--ocr", "off", ...workspace], false);
    for (const answers of values.answers.split(",").filter((mode) => set === "toy" || mode === "quotes")) {
      if (answers === "documents") await lorekeep(["models", "add", join(world, "models", "toy-world-base-q8.gguf"), ...workspace], false);
      console.log(`\n${set}, ${answers}\n`);
      await lorekeep(["eval", "retrieval", questions, "--answers", answers, ...(values.json ? ["--json"] : []), ...workspace], true);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
