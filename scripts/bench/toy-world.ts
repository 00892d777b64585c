/**
 * The toy world's 56 questions through the corners, as `lorekeep eval run` does it: with the product's own retrieval what
 * test/fixtures/toy-world/README.md measured with the right passage handed to the model.
 *   node scripts/run.mjs scripts/bench/toy-world.ts [--modes documents,hybrid] [--sources 6] [--order best-first|first-and-last] [--share 0.6] [--passage-tokens 128] [--enforced] [--most 10] [--bad 5] [--out FOLDER]
 *   [--world FOLDER], another one made as this was (documents/, questions.jsonl, answer.schema.json, models/)
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { cornerNames, reportFormats } from "../../engine/contract/index.ts";
import { createEngine } from "../../engine/engine.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { openToyWorld, runToEnd, toyRow, toyVariants } from "./toy-world-run.ts";

const flag = (name: string, otherwise: string) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise); };
const isCorner = (mode: string): mode is keyof typeof cornerNames => mode in cornerNames;
const most = Number(flag("most", "0"));
const modes = flag("modes", "base,fine-tune,documents,hybrid").split(",").filter(isCorner);
const workspace = mkdtempSync(join(tmpdir(), "lorekeep-toy-"));
const engine = await createEngine({ workspace, hostKind: "test", workerHost: createNodeWorkerHost(resolve("out", "workers")), resources: resolve("."), version: "0.0.0-bench" });
try {
  const { client } = engine;
  await client.settings.update({ models: { threads: 1, gpu: "off" }, answers: { sources: Number(flag("sources", "6")), sourceOrder: z.enum(["best-first", "first-and-last"]).parse(flag("order", "best-first")), sourceShare: Number(flag("share", "0.6")) }, ingest: { passageTokens: Number(flag("passage-tokens", "128")) } });
  const world = await openToyWorld(client, resolve(flag("world", join("test", "fixtures", "toy-world"))));
  const run = await runToEnd(client, { setId: world.set.id, variants: toyVariants(world, modes, process.argv.includes("--enforced")), ...(most > 0 ? { most } : {}) });
  for (const [i, corner] of run.report.corners.entries()) {
    const row = toyRow(run, world.set, corner.name);
    if (i === 0) console.log(`| corner | ${Object.keys(row).join(" | ")} | tokens/s | first token ms, p50 |\n|${" --- |".repeat(Object.keys(row).length + 3)}`);
    console.log(`| ${[corner.name, ...Object.values(row).map((value) => value.toFixed(2)), corner.tokensPerSecond.toFixed(0), corner.firstTokenMs.p50.toFixed(0)].join(" | ")} |`);
    for (const { questionId, question, expected, answer, why } of corner.wrong.slice(0, Number(flag("bad", "0")))) console.log(`   ${questionId} ${question} -> ${answer} (${expected}): ${why}`);
  }
  const out = flag("out", "");
  if (out !== "") {
    mkdirSync(out, { recursive: true });
    for (const format of reportFormats) {
      const { name, content } = await client.evaluation.runs.export({ id: run.id, format });
      writeFileSync(join(out, `toy-world.${name.split(".").pop()}`), content);
    }
  }
} finally {
  await engine.dispose();
  rmSync(workspace, { recursive: true, force: true });
}
