/**
 * Nothing lost, nothing doubled: `kill -9` of the reader, the embedder and the engine at random moments while `lorekeep add` reads a folder,
 * ten times each; the index must end equal to that of a clean run.
 *   node scripts/run.mjs scripts/bench/kill.ts [--times 10] [--documents 150] [--seed 1] [--targets reader,embedder,engine]
 * Exits with 1 if any run differs.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { mulberry32 } from "../../engine/base/random.ts";
import { openPassages } from "./passages-table.ts";
import { commandOf, family } from "./processes.ts";

const flag = (name: string, otherwise: number) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : Number(process.argv[at + 1]); };
const times = flag("times", 10);
const documents = flag("documents", 150);
const workers = ["reader", "embedder", "engine"];
const targets = process.argv.includes("--targets") ? (process.argv[process.argv.indexOf("--targets") + 1] ?? "").split(",") : workers;
if (!targets.every((target) => workers.includes(target))) throw new Error(`--targets takes ${workers.join(", ")}, separated by commas.`);
const random = mulberry32(flag("seed", 1));

const scratch = mkdtempSync(join(tmpdir(), "lorekeep-kill-"));
const folder = join(scratch, "documents");

function writeDocuments(): void {
  mkdirSync(folder);
  const words = readFileSync(resolve("docs/architecture.md"), "utf8").match(/[A-Za-z]{3,}/g) ?? [];
  for (let n = 0; n < documents; n++) {
    const paragraphs = Array.from({ length: 1 + Math.floor(random() * 6) }, () => Array.from({ length: 60 }, () => words[Math.floor(random() * words.length)]).join(" "));
    writeFileSync(join(folder, `note-${n}.md`), `# Note ${n}\n\n${paragraphs.join(".\n\n")}.\n`);
  }
}

function start(workspace: string): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, ["cli/bin.mjs", "add", folder, "--workspace", workspace, "--json"], { stdio: "ignore" });
  return { child, ended: new Promise((done) => child.once("exit", (code) => done(code))) };
}

/** Every passage of every document, in an order that does not depend on when it was written. */
async function index(workspace: string): Promise<string[]> {
  const table = await openPassages(workspace);
  const rows = (await table.query().select(["path", "position", "text"]).toArray()) as { path: string; position: number; text: string }[];
  return rows.map(({ path, position, text }) => `${path}#${position}: ${text}`).sort();
}

/** Kills the process once `delayMs` are over and it is there. false: the run was over first. */
async function killAt(child: ChildProcess, target: string, delayMs: number): Promise<boolean> {
  const until = Date.now() + delayMs;
  while (child.exitCode === null && child.signalCode === null) {
    const victim = target === "engine" ? child.pid : family(child.pid ?? 0).find((pid) => commandOf(pid).some((word) => word.endsWith(`/${target}.mjs`)));
    if (victim !== undefined && Date.now() >= until) {
      process.kill(victim, "SIGKILL");
      return true;
    }
    await new Promise((next) => setTimeout(next, 5));
  }
  return false;
}

/** One kill, at a random part of a clean run's time; where the run was over first it does not count, and an earlier moment is tried. */
async function round(target: string, n: number, withinMs: number, expected: readonly string[]): Promise<boolean> {
  const workspace = join(scratch, `${target}-${n}`);
  const delay = Math.floor(random() * withinMs);
  const run = start(workspace);
  const killed = await killAt(run.child, target, delay);
  await run.ended;
  if (!killed) {
    rmSync(workspace, { recursive: true, force: true });
    return round(target, n, Math.max(delay, 1), expected);
  }
  if (target === "engine") await start(workspace).ended;
  const got = await index(workspace);
  const equal = got.length === expected.length && got.every((row, i) => row === expected[i]);
  console.log(`${target} killed after ${delay} ms: ${equal ? "equal" : `DIFFERENT (${got.length} passages, ${new Set(got).size} different, ${expected.length} expected)`}`);
  rmSync(workspace, { recursive: true, force: true });
  return equal;
}

let wrong = 0;
try {
  writeDocuments();
  const began = Date.now();
  await start(join(scratch, "clean")).ended;
  const cleanMs = Date.now() - began;
  const expected = await index(join(scratch, "clean"));
  console.log(`clean run: ${documents} documents, ${expected.length} passages, ${cleanMs} ms`);
  for (const target of targets) for (let n = 0; n < times; n++) if (!(await round(target, n, cleanMs, expected))) wrong++;
  console.log(`${targets.length * times} runs, ${wrong} different`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = wrong === 0 ? 0 : 1;
