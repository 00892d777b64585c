/**
 * XQuAD through the product: 240 paragraphs cut out of their articles, indexed as 48 documents with `lorekeep add`, 1,190 questions with
 * `lorekeep eval retrieval`: the answer inside the right document's first passage, inside the first five, inside the highlighted sentence.
 *   node scripts/run.mjs scripts/bench/xquad.ts [--language en|de] [--answers quotes] [--hold-out 8] [--most N] [--data ../shared] [--json]
 * --hold-out leaves so many articles out of the index: their questions are then unanswerable.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: {
  language: { type: "string", default: "en" }, answers: { type: "string" }, "hold-out": { type: "string", default: "0" }, most: { type: "string" },
  data: { type: "string", default: process.env.LOREKEEP_TEST_DATA ?? "../shared" }, json: { type: "boolean", default: false },
} });

interface Article { readonly title: string; readonly paragraphs: readonly { readonly context: string; readonly qas: readonly { readonly id: string; readonly question: string; readonly answers: readonly { readonly text: string }[] }[] }[] }

const { data: articles } = JSON.parse(readFileSync(join(resolve(values.data), "data", "xquad", `xquad.${values.language}.json`), "utf8")) as { data: Article[] };
const heldOut = Number(values["hold-out"]);
const fileOf = ({ title }: Article) => `${title.replace(/[^\p{L}\p{N}]+/gu, "-")}.md`;

function writeFolder(folder: string): string {
  mkdirSync(join(folder, "articles"), { recursive: true });
  const lines = articles.flatMap((article, i) => {
    const out = i < heldOut;
    if (!out) writeFileSync(join(folder, "articles", fileOf(article)), `# ${article.title.replaceAll("_", " ")}\n\n${article.paragraphs.map(({ context }) => context.trim()).join("\n\n")}\n`);
    return article.paragraphs.flatMap(({ qas }) => qas.map(({ id, question, answers }) => (out ? { id, question, unanswerable: true } : { id, question, expectDocument: fileOf(article), expectPhrase: answers[0]?.text ?? "" })));
  });
  const questions = join(folder, "questions.jsonl");
  // Every so-many-th, so that fewer questions still come from all articles.
  const step = values.most === undefined ? 1 : Math.max(1, Math.floor(lines.length / Number(values.most)));
  writeFileSync(questions, lines.filter((_, i) => i % step === 0).map((line) => JSON.stringify(line)).join("\n"));
  return questions;
}

/** `quiet` keeps standard output for the one JSON document. */
async function lorekeep(args: readonly string[], quiet = false): Promise<void> {
  const child = spawn(process.execPath, ["cli/bin.mjs", ...args], { stdio: ["ignore", quiet ? "ignore" : "inherit", "inherit"] });
  const code = await new Promise<number | null>((done) => child.once("exit", done));
  if (code !== 0) throw new Error(`lorekeep ${args[0]} ended with ${code}`);
}

const scratch = mkdtempSync(join(tmpdir(), "lorekeep-xquad-"));
try {
  const workspace = ["--workspace", join(scratch, "workspace")];
  const questions = writeFolder(scratch);
  await lorekeep(["add", join(scratch, "articles"), ...workspace], values.json);
  await lorekeep(["eval", "retrieval", questions, ...(values.answers === undefined ? [] : ["--answers", values.answers]), ...(values.json ? ["--json"] : []), ...workspace]);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
