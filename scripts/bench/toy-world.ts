/**
 * The toy world's 56 questions through all corners, with the product's own retrieval: what test/fixtures/toy-world/README.md measured with the
 * right passage handed to the model.
 *   node scripts/run.mjs scripts/bench/toy-world.ts [--modes documents,hybrid] [--sources 6] [--order best-first|first-and-last] [--passage-tokens 128] [--history given|asked] [--nonce 58d1b0] [--bad 5]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { answerMode } from "../../engine/contract/answers.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { openToyWorld, scoreCorner } from "./toy-world-run.ts";

const flag = (name: string, otherwise: string) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise); };
const modes = flag("modes", "documents,hybrid,base,fine-tune").split(",").map((mode) => answerMode.parse(mode));
const sourceOrder = z.enum(["best-first", "first-and-last"]);
const history = flag("history", "given") === "asked" ? "asked" : "given";
const workspace = mkdtempSync(join(tmpdir(), "lorekeep-toy-"));
const world = await openToyWorld({
  host: createNodeWorkerHost(resolve("out", "workers")), world: resolve("test", "fixtures", "toy-world"), embedder: resolve("models", "all-MiniLM-L6-v2"), workspace,
  ...(process.argv.includes("--nonce") ? { nonce: flag("nonce", "58d1b0") } : {}),
  passageTokens: Number(flag("passage-tokens", "128")),
  answers: { sources: Number(flag("sources", "6")), sourceOrder: sourceOrder.parse(flag("order", "best-first")) },
});
try {
  console.log("| corner | fact | follow-up | cited right | refuses | JSON | new wording | found | right & supported | wrong & flagged | tokens/s | first token ms |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const mode of modes) {
    const score = await scoreCorner(world, mode, history);
    const shares = [score.fact, score.followUp, score.cited, score.refused, score.json, score.newWording, score.found, score.rightSupported, score.wrongFlagged].map((value) => value.toFixed(2));
    console.log(`| ${[mode, ...shares, score.tokensPerSecond.toFixed(0), score.firstTokenMs.toFixed(0)].join(" | ")} |`);
    for (const line of score.bad.slice(0, Number(flag("bad", "0")))) console.log(`   ${line}`);
  }
} finally {
  await world.dispose();
  rmSync(workspace, { recursive: true, force: true });
}
