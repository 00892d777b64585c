/**
 * SciFact through the product: 5,183 abstracts with `lorekeep add`, 300 questions with `lorekeep search --json`.
 *   node scripts/run.mjs scripts/bench/scifact.ts [--documents N] [--data ../shared]
 * Prints nDCG@10, recall and MRR; passages per second of the whole ingest as a ratio to a bare loop of the same model over the very same
 * texts; peak memory per process; and the time of adding the same folder again.
 */
import { AutoModel, AutoTokenizer, env, mean_pooling, type Tensor } from "@huggingface/transformers";
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { mean, ndcg, recall, reciprocalRank } from "../../engine/evaluation/metrics.ts";
import { openPassages } from "./passages-table.ts";
import { watchMemory } from "./processes.ts";

const flag = (name: string, otherwise: string) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise); };
const data = join(resolve(flag("data", process.env.LOREKEEP_TEST_DATA ?? "../shared")), "data", "scifact");
const most = Number(flag("documents", "1000000"));
const lines = <T>(file: string) => readFileSync(join(data, file), "utf8").trim().split("\n").map((line) => JSON.parse(line) as T);
const BARE_TEXTS = 600;

interface Article { readonly _id: string; readonly title: string; readonly text: string }

function writeFolder(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const articles = lines<Article>("corpus.jsonl").slice(0, most);
  for (const { _id, title, text } of articles) writeFileSync(join(folder, `${_id}.md`), `# ${title}\n\n${text}\n`);
  return articles.length;
}

async function lorekeep(args: string[]): Promise<{ seconds: number; output: string; peaks: ReadonlyMap<string, number> }> {
  const start = performance.now();
  const child = spawn(process.execPath, ["cli/bin.mjs", ...args, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const memory = watchMemory(child.pid ?? 0);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((done) => child.once("exit", done));
  memory.stop();
  if (code !== 0) throw new Error(`lorekeep ${args[0]} ended with ${code}`);
  return { seconds: (performance.now() - start) / 1000, output: Buffer.concat(chunks).toString("utf8"), peaks: memory.peaks };
}

/** Passages per second of the bare model over `texts`, one at a time, one thread: what nothing around it can beat. */
async function bareLoop(texts: readonly string[]): Promise<number> {
  env.allowRemoteModels = false;
  env.localModelPath = resolve("models");
  const tokenizer = await AutoTokenizer.from_pretrained("all-MiniLM-L6-v2");
  const model = await AutoModel.from_pretrained("all-MiniLM-L6-v2", { dtype: "q8", session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 } });
  const embed = async (text: string) => {
    const inputs = tokenizer(text, { truncation: true, max_length: 256 }) as { attention_mask: Tensor };
    const { last_hidden_state } = (await model(inputs)) as { last_hidden_state: Tensor };
    mean_pooling(last_hidden_state, inputs.attention_mask).normalize(2, -1);
  };
  for (const text of texts.slice(0, 10)) await embed(text);
  const start = performance.now();
  for (const text of texts) await embed(text);
  const rate = texts.length / ((performance.now() - start) / 1000);
  await model.dispose();
  return rate;
}

/** The texts as the product embedded them: the title in front, where they do not begin with it. */
async function storedTexts(workspace: string): Promise<{ texts: string[]; total: number }> {
  const table = await openPassages(workspace);
  const total = await table.countRows();
  const rows = (await table.query().select(["title", "text"]).limit(BARE_TEXTS).toArray()) as { title: string; text: string }[];
  return { texts: rows.map(({ title, text }) => (text.startsWith(`${title}\n`) ? text : `${title}\n${text}`)), total };
}

const scratch = mkdtempSync(join(tmpdir(), "lorekeep-scifact-"));
try {
  const workspace = join(scratch, "workspace");
  const documents = writeFolder(join(scratch, "abstracts"));
  const first = await lorekeep(["add", join(scratch, "abstracts"), "--workspace", workspace]);
  const { texts, total } = await storedTexts(workspace);
  const bare = await bareLoop(texts);
  const second = await lorekeep(["add", join(scratch, "abstracts"), "--workspace", workspace]);

  const judged = new Map<string, Map<string, number>>();
  for (const line of readFileSync(join(data, "qrels", "test.tsv"), "utf8").trim().split("\n").slice(1)) {
    const [query = "", document = "", grade = "0"] = line.split("\t");
    if (Number(grade) > 0) judged.set(query, (judged.get(query) ?? new Map<string, number>()).set(document, Number(grade)));
  }
  const queries = lines<{ _id: string; text: string }>("queries.jsonl").filter(({ _id }) => judged.has(_id));
  writeFileSync(join(scratch, "queries.jsonl"), queries.map(({ _id, text }) => JSON.stringify({ id: _id, text })).join("\n"));
  const found = await lorekeep(["search", "--queries", join(scratch, "queries.jsonl"), "--limit", "200", "--workspace", workspace]);
  const answers = (JSON.parse(found.output) as { queries: { id: string; results: { path: string }[] }[] }).queries;
  const rankings = answers.map(({ id, results }) => ({ relevant: judged.get(id) ?? new Map<string, number>(), ranking: [...new Set(results.map(({ path }) => basename(path, ".md")))] }));
  const average = (measure: typeof ndcg, depth: number) => mean(rankings.map(({ ranking, relevant }) => measure(ranking, relevant, depth))).toFixed(4);

  const { stdout: commit } = await promisify(execFile)("git", ["rev-parse", "--short", "HEAD"]);
  const table = [
    ["documents, passages", `${documents}, ${total}`],
    ["nDCG@10", average(ndcg, 10)], ["recall@10", average(recall, 10)], ["recall@100", average(recall, 100)], ["MRR@10", average(reciprocalRank, 10)],
    ["ingest, passages/s", (total / first.seconds).toFixed(1)], ["bare loop, passages/s", bare.toFixed(1)], ["ratio", (total / first.seconds / bare).toFixed(2)],
    ["added again, times faster", (first.seconds / second.seconds).toFixed(0)], ["added again, seconds", second.seconds.toFixed(1)],
    ["search, ms per question (process start included)", ((found.seconds * 1000) / queries.length).toFixed(0)],
    ...[...first.peaks].map(([name, peak]) => [`peak memory of ${name}, MiB`, peak.toFixed(0)]),
  ];
  console.log(`SciFact at ${commit.trim()}\n\n| what | figure |\n| --- | --- |\n${table.map((row) => `| ${row.join(" | ")} |`).join("\n")}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
