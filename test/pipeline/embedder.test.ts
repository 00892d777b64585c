import { mkdtemp, rm, cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dot } from "../../engine/base/vectors.ts";
import type { Block } from "../../engine/contract/document.ts";
import { chunk } from "../../engine/ingest/steps/chunk.ts";
import { createEmbedder, type WorkerEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { projectRoot, workersFolder } from "../data.ts";

const modelFolder = join(projectRoot, "models", "all-MiniLM-L6-v2");
const workerHost = createNodeWorkerHost(workersFolder);
const length = (vector: Float32Array) => Math.sqrt(dot(vector, vector));
const sentence = "The harbour master keeps the tide tables in a green ledger beside the window. ";

describe("the embedder in its worker", () => {
  let embedder: WorkerEmbedder;
  const cuts: [string, number][] = [];
  beforeAll(async () => {
    embedder = await createEmbedder({ workerHost, modelFolder, name: "minilm", onCut: (kind, texts) => cuts.push([kind, texts]) });
  });
  afterAll(() => embedder.dispose());

  it("says who it is before anything is started", () => {
    expect(embedder.state.state).toBe("stopped");
    expect(embedder.identity).toMatch(/^minilm:[0-9a-f]{12}:q8:mean:384d$/);
    expect([embedder.dimensions, embedder.maxTokens]).toEqual([384, 256]);
  });

  it("gives normalised vectors that mean something", async () => {
    const [cat, kitten, ledger] = await embedder.embedPassages(["A cat sleeps on the mat.", "The kitten is asleep on a rug.", "Quarterly revenue fell by four percent."]);
    for (const vector of [cat!, kitten!, ledger!]) expect(length(vector)).toBeCloseTo(1, 5);
    expect(dot(cat!, kitten!)).toBeGreaterThan(dot(cat!, ledger!) + 0.3);
  });

  it("gives a text the same vector whatever it is sent with", async () => {
    const [alone] = await embedder.embedPassages([sentence]);
    const [, among] = await embedder.embedPassages(["Hi.", sentence, sentence.repeat(9)]);
    expect(Buffer.from(among!.buffer).equals(Buffer.from(alone!.buffer))).toBe(true);
    expect(dot(await embedder.embedQuery(sentence), alone!)).toBeCloseTo(1, 6);
  });

  it("never gets a passage that it would cut, title and headings included, whatever the text is made of", async () => {
    const texts = ["QmFzZTY0IGhhcyBubyBzcGFjZXM".repeat(150), "東京都渋谷区の天気は晴れのち曇りである".repeat(60), "한국어와 ไทยไม่มีช่องว่าง".repeat(90), "Donaudampfschifffahrtsgesellschaftskapitän".repeat(60), "👩‍🚀🏴‍☠️".repeat(200), "a1,b2;".repeat(500), sentence.repeat(40)];
    const title = "Ein sehr langer Titel über 東京 und das QmFzZTY0-Verfahren ".repeat(5);
    for (const target of [96, 128, 192, 250]) {
      for (const text of texts) {
        const blocks: Block[] = [{ kind: "heading", text: title, start: 0, headingPath: [], level: 1 }, { kind: "paragraph", text, start: title.length + 1, headingPath: [title.trim()] }];
        const chunks = await chunk(blocks, { target, maxTokens: embedder.maxTokens, countTokens: (asked) => embedder.countTokens(asked), title: `${title} 2` });
        const counts = await embedder.countTokens(chunks.map(({ embedded }) => embedded));
        expect(Math.max(...counts), `${text.slice(0, 12)} at ${target}`).toBeLessThanOrEqual(embedder.maxTokens);
        expect(chunks.map((one) => one.text).join("").replace(/\s/g, "").endsWith(text.replace(/\s/g, ""))).toBe(true);
      }
    }
  });

  it("counts tokens and reports texts that were cut", async () => {
    const [none, one, long] = await embedder.countTokens(["", "harbour", sentence.repeat(30)]);
    expect([none, one]).toEqual([2, 3]);
    expect(long).toBeGreaterThan(256);
    const exact = "harbour ".repeat(254).trim();
    expect(await embedder.countTokens([exact, `${exact} x`])).toEqual([256, 257]);
    cuts.length = 0;
    await embedder.embedPassages([exact]);
    expect(cuts).toEqual([]);
    const [cut, head] = await embedder.embedPassages([`${exact} mountain`, exact]);
    expect(cuts).toEqual([["passage", 1]]);
    expect(dot(cut!, head!)).toBeCloseTo(1, 6);
  });

  it("answers a query while passages are being embedded", async () => {
    let passagesDone = false;
    const passages = embedder.embedPassages(Array.from({ length: 48 }, (_, i) => `${i} ${sentence.repeat(12)}`)).then(() => { passagesDone = true; });
    await embedder.countTokens(["go"]);
    await embedder.embedQuery("a question nobody asked before");
    expect(passagesDone).toBe(false);
    await passages;
  });

  it("holds passages back while paused, not queries", async () => {
    const first = embedder.pausePassages();
    const second = embedder.pausePassages();
    let done = false;
    const passages = embedder.embedPassages(["held back"]).then(() => { done = true; });
    await embedder.embedQuery("another question");
    first();
    first();
    await embedder.embedQuery("a third question");
    expect(done).toBe(false);
    second();
    await passages;
  });

  it("stops where it is told to, in front of the gate and behind it", async () => {
    const resume = embedder.pausePassages();
    const waiting = new AbortController();
    const held = embedder.embedPassages(["never"], waiting.signal);
    waiting.abort();
    await expect(held).rejects.toThrow(/abort/i);
    resume();
    const running = new AbortController();
    const long = embedder.embedPassages(Array.from({ length: 200 }, () => sentence.repeat(12)), running.signal);
    setTimeout(() => running.abort(), 150);
    await expect(long).rejects.toThrow(/abort/i);
    expect(await embedder.embedPassages(["still there"])).toHaveLength(1);
  });

  it("starts over with its model when the worker is killed", async () => {
    const before = await embedder.embedQuery("before the fall");
    const work = embedder.embedPassages(Array.from({ length: 24 }, (_, i) => `${i} ${sentence.repeat(12)}`));
    await embedder.countTokens(["up"]);
    const pid = embedder.state.pid!;
    process.kill(pid, "SIGKILL");
    expect(await work).toHaveLength(24);
    expect(embedder.state.pid).not.toBe(pid);
    const [after] = await embedder.embedPassages(["before the fall"]);
    expect(dot(before, after!)).toBeCloseTo(1, 6);
  });
});

describe("an embedder that cannot be", () => {
  it("names the missing model", async () => {
    await expect(createEmbedder({ workerHost, modelFolder: join(tmpdir(), "no-such-model"), name: "gone" })).rejects.toMatchObject({ code: "NEEDS_MODEL" });
  });

  it("reports a damaged model as such", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lorekeep-model-"));
    await cp(modelFolder, folder, { recursive: true });
    await cp(join(folder, "config.json"), join(folder, "onnx", "model_quantized.onnx"));
    const embedder = await createEmbedder({ workerHost, modelFolder: folder, name: "damaged" });
    await expect(embedder.embedQuery("hello")).rejects.toMatchObject({ code: "MODEL_FAILED" });
    await embedder.dispose();
    await expect(embedder.embedQuery("hello")).rejects.toMatchObject({ code: "WORKER_DIED" });
    await rm(folder, { recursive: true });
  });
});
