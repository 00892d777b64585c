import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { askToy, openToyWorld, scoreCorner, type ToyWorld } from "../../scripts/bench/toy-world-run.ts";
import { fixture, projectRoot, workersFolder } from "../data.ts";

/** Five points below the table in test/fixtures/toy-world/README.md, which had the right passage handed to it; here it has to be found. */
describe("the toy world in all corners, with our own retrieval", () => {
  let world: ToyWorld;
  let workspace: string;
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), "lorekeep-toy-"));
    world = await openToyWorld({ host: createNodeWorkerHost(workersFolder), world: fixture("toy-world"), embedder: join(projectRoot, "models", "all-MiniLM-L6-v2"), workspace, nonce: "58d1b0" });
  }, 120_000);
  afterAll(async () => {
    await world.dispose();
    await rm(workspace, { recursive: true, force: true });
  });

  it("documents: the facts, cited, and what is wrong is mostly marked", async () => {
    const score = await scoreCorner(world, "documents");
    expect(score.found).toBeGreaterThanOrEqual(0.97);
    expect(score.fact).toBeGreaterThanOrEqual(0.83);
    expect(score.followUp).toBeGreaterThanOrEqual(0.58);
    expect(score.cited).toBeGreaterThanOrEqual(0.76);
    expect(score.json).toBe(0);
    expect(score.rightSupported).toBeGreaterThanOrEqual(0.95);
    expect(score.wrongFlagged).toBeGreaterThanOrEqual(0.5);
  }, 180_000);

  it("hybrid: the facts in the format", async () => {
    const score = await scoreCorner(world, "hybrid");
    expect(score.fact).toBeGreaterThanOrEqual(0.8);
    expect(score.json).toBeGreaterThanOrEqual(0.88);
    expect(score.rightSupported).toBeGreaterThanOrEqual(0.95);
  }, 180_000);

  it("base: no facts, no format; fine-tune: the format, no facts", async () => {
    expect(await scoreCorner(world, "base")).toMatchObject({ fact: 0, json: 0, refused: 1 });
    expect(await scoreCorner(world, "fine-tune")).toMatchObject({ fact: 0, json: 1, refused: 1 });
  }, 180_000);

  it("every citation names the very words of its source's document", async () => {
    for (const question of world.questions.filter((one) => one.expects === "fact").slice(0, 10)) {
      const message = await askToy(world.answers, question, { mode: "quotes", history: "given" });
      expect(message.sentences.length).toBeGreaterThan(0);
      for (const citation of message.sentences.flatMap((sentence) => sentence.citations)) {
        const source = message.sources.find((one) => one.number === citation.source);
        expect(source?.text.slice(citation.range.start - (source?.range.start ?? 0), citation.range.end - (source?.range.start ?? 0))).toBe(citation.text);
      }
    }
  });
});
