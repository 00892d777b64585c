import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RetrievalEvent, WhyReport } from "../../engine/contract/index.ts";
import { blockEngine, type BlockEngine } from "../block-engine.ts";
import { createTestEngine } from "../test-engine.ts";

/** A small library in which every way of not being found has its document. */
const names = ["Anton", "Berta", "Cäsar", "Dora", "Emil", "Friedrich", "Gustav", "Heinrich", "Ida", "Julius", "Konrad", "Ludwig", "Martha", "Nordpol"];

const engine = blockEngine(async ({ client, folder, write }) => {
  names.forEach((name, i) => write(join("leases", `${name}.md`), `# Lease of the ${name} house\n\nThe lease of the ${name} house ends in ${2030 + i}. The rent of the ${name} house is ${400 + i * 17} thalers a month, and the lease can be extended once.\n`));
  write("handbook.md", "# Handbook\n\nThe canteen opens at noon. Warm porridge is served until two.\n");
  write("diary.md", "# Diary\n\nMy secret lighthouse stands on the island of Brask.\n");
  write("copy-of-handbook.md", "# Handbook\n\nThe canteen opens at noon. Warm porridge is served until two.\n");
  write("broken.pdf", "%PDF-1.7\nthis is no PDF at all\n");
  const law = await client.collections.create({ name: "Law" });
  await client.documents.add({ paths: [join(folder, "leases")], collectionId: law.id });
  await client.documents.add({ paths: ["handbook.md", "copy-of-handbook.md", "broken.pdf"].map((name) => join(folder, name)) });
  await client.documents.add({ paths: [join(folder, "diary.md")], private: true });
  await client.queue.idle();
});

const why = (question: string, more: Omit<Parameters<BlockEngine["client"]["evaluation"]["why"]>[0], "question">): Promise<WhyReport> => engine.client.evaluation.why({ question, ...more });
const stateOf = (report: WhyReport, name: string) => report.steps.find((step) => step.name === name)?.state;

/** The change was tried by the engine; trying it once more from outside must end in "found". */
async function provesItself(report: WhyReport): Promise<void> {
  const { change } = report.verdict;
  expect(change?.proved, JSON.stringify(report.verdict)).toBe(true);
  if (!change?.try) throw new Error("The change has nothing to try.");
  expect(["found", "merged"]).toContain((await engine.client.evaluation.why(change.try)).verdict.code);
}

describe("why it was not found", () => {
  test("found: every step is walked and the source named", async () => {
    const report = await why("When does the canteen open?", { phrase: "opens at NOON" });
    expect(report.verdict.code).toBe("found");
    expect(report.verdict.sentence).toMatch(/source 1 of/);
    expect(report.steps.map(({ name, state }) => `${name} ${state}`)).toEqual(["file ok", "text ok", "passages ok", "scope ok", "words ok", "meaning ok", "fused ok", "sources ok"]);
    const words = report.steps.find(({ name }) => name === "words");
    expect(words?.terms).toEqual({ matching: ["canteen", "open"], missing: [], ignored: ["When", "does", "the"] });
    expect(words?.rank).toBe(1);
  });

  test("phrase-nowhere: the nearest words are shown, and looking for them finds", async () => {
    const report = await why("When does the canteen open?", { phrase: "warm porridge served until three" });
    expect(report.verdict.code).toBe("phrase-nowhere");
    expect(report.steps[0]?.quote).toContain("Warm porridge is served until");
    expect(report.verdict.change?.kind).toBe("nearest-phrase");
    expect((await engine.client.evaluation.why(report.verdict.change?.try ?? { question: "" })).verdict.code).toBe("found");
    expect((await why("anything", { phrase: "xylophone zebra quartz" })).verdict.change?.kind).toBe("add-document");
  });

  test("phrase-not-in-document: the document is there, the words are not", async () => {
    const report = await why("When does the canteen open?", { phrase: "porridge is served until ten", document: "handbook.md" });
    expect(report.verdict.code).toBe("phrase-not-in-document");
    expect(stateOf(report, "text")).toBe("cut");
    expect(stateOf(report, "words")).toBe("open");
    expect(report.steps.find(({ name }) => name === "text")?.quote).toContain("porridge is served until");
  });

  test("no-such-document and not-readable, with the reader's own reason", async () => {
    expect((await why("x", { document: "nothing-like-it.odt" })).verdict.code).toBe("no-such-document");
    const broken = await why("x", { document: "broken.pdf" });
    expect(broken.verdict).toMatchObject({ code: "not-readable", change: { kind: "retry" } });
    expect(broken.document).toMatchObject({ name: "broken.pdf", state: "failed" });
  });

  test("private: unlocking brings it in", async () => {
    const report = await why("Where is the secret lighthouse?", { phrase: "island of Brask" });
    expect(report.verdict).toMatchObject({ code: "private", change: { kind: "unlock-private" } });
    expect(stateOf(report, "scope")).toBe("cut");
    expect(report.probe?.candidates.some(({ passage }) => passage.path.endsWith("diary.md"))).toBe(false);
    await provesItself(report);
  });

  test("filtered: names the field that cuts, and only that", async () => {
    const [law] = (await engine.client.collections.list()).filter(({ name }) => name === "Law");
    const report = await why("When does the canteen open?", { phrase: "opens at noon", filter: { collectionIds: [law?.id ?? ""], formats: ["markdown"] } });
    expect(report.verdict).toMatchObject({ code: "filtered", change: { kind: "remove-filter", try: { filter: { formats: ["markdown"] } } } });
    expect(report.verdict.sentence).toContain("collections");
    await provesItself(report);
  });

  test("beyond-sources: as many sources as it takes", async () => {
    const report = await why("When does the lease of the house end?", { document: "Nordpol.md", settings: { sources: 1, search: { leastEvidence: 0 } } });
    expect(report.verdict).toMatchObject({ code: "beyond-sources", change: { kind: "raise-sources" } });
    await provesItself(report);
  });

  test("not-among-candidates: looked deeper, or asked with its words", async () => {
    const report = await why("When does the lease of the Anton house end?", { document: "Nordpol.md", settings: { candidates: 2 } });
    expect(report.verdict.code).toBe("not-among-candidates");
    expect(report.steps.find(({ name }) => name === "words")?.terms?.missing).toEqual(["Anton"]);
    expect(stateOf(report, "fused")).toBe("cut");
    await provesItself(report);
  });

  test("no-words-in-common: the question is put with its words", async () => {
    const report = await why("Quantum chromodynamics?", { phrase: "thalers a month", document: "Ida.md", settings: { candidates: 1 } });
    expect(report.verdict.code).toBe("no-words-in-common");
    expect(report.steps.find(({ name }) => name === "words")?.rank).toBeUndefined();
    expect(report.verdict.change).toBeDefined();
    await provesItself(report);
  });

  test("no-room: the tokens it takes", async () => {
    const all = await engine.client.evaluation.probe({ question: "When does the lease of the house end?", settings: { budget: 90, sources: 8 } });
    const fallen = all.candidates.find(({ dropped }) => dropped?.reason === "budget");
    expect(fallen, "something must not fit").toBeDefined();
    const report = await why("When does the lease of the house end?", { document: fallen?.passage.path ?? "", settings: { budget: 90, sources: 8, search: { leastEvidence: 0 } } });
    expect(report.verdict).toMatchObject({ code: "no-room", change: { kind: "raise-budget" } });
    await provesItself(report);
  });

  test("same-section: three of one place are taken, and the fourth waits for others", async () => {
    const hauls = ["north", "east", "south", "west"].map((side) => `Lanternfish were seen on the ${side} side. ${`The nets of the ${side} side were drawn in slowly, and the crew counted what lay in them before they went below. `.repeat(5)}`);
    const rest = ["rope", "sail", "oil", "bread"].map((ware) => `The ${ware} was stowed with care. ${`Of ${ware} there was enough on board for all the weeks of the voyage, and some was left when it was over. `.repeat(5)}`);
    await engine.add("voyage.md", `# Voyage\n\n${[...hauls, ...rest].join("\n\n")}\n`);
    await engine.add("market.md", "# Market\n\nAt the market nobody buys lanternfish, and what the boats bring of them is given away in the evening.\n");
    const settings = { sources: 4, search: { leastEvidence: 0 } };
    const { candidates } = await engine.client.evaluation.probe({ question: "Where were lanternfish seen?", settings });
    const waiting = candidates.find(({ dropped }) => dropped?.reason === "same-section")?.passage;
    expect(waiting?.path, JSON.stringify(candidates.map(({ passage, dropped }) => [passage.text.slice(0, 50), dropped?.reason]))).toMatch(/voyage\.md$/);
    const report = await why("Where were lanternfish seen?", { phrase: waiting?.text.slice(0, 40) ?? "", settings });
    expect(report.verdict).toMatchObject({ code: "same-section", change: { kind: "raise-sources" } });
    expect(report.steps.at(-1)).toMatchObject({ name: "sources", state: "cut" });
    await provesItself(report);
  });

  test("weak-evidence: it is a source, but the answer says that nothing answers this", async () => {
    const settings = { search: { leastEvidence: 0.999 } };
    const report = await why("What about the canteen?", { phrase: "opens at noon", settings });
    expect(report.verdict.code).toBe("weak-evidence");
    expect(report.probe?.evidence).toMatchObject({ weak: true, least: 0.999 });
    await provesItself(report);
  });

  test("filtered by what the question's own words were taken for", async () => {
    const report = await why("In handbook.md, when does the lease of the Ida house end?", { document: "Ida.md" });
    expect(report.probe?.understood?.filters.map(({ kind }) => kind)).toEqual(["file"]);
    expect(report.verdict).toMatchObject({ code: "filtered", change: { kind: "ignore-recognised" } });
    await provesItself(report);
  });

  test("settings of one search leave the person's own as they are", async () => {
    await engine.client.settings.update({ search: { recency: 0.3, leastEvidence: 0.999 } });
    const { evidence } = await engine.client.evaluation.probe({ question: "When does the canteen open?", settings: { search: { denseWeight: 0.4 } } });
    expect(evidence?.least).toBe(0.999);
    await engine.client.settings.update({ search: { recency: null, leastEvidence: null } });
  });

  test("duplicate: the same words were taken from elsewhere", async () => {
    const probe = await engine.client.evaluation.probe({ question: "When does the canteen open?" });
    const copy = probe.candidates.find(({ dropped }) => dropped?.reason === "duplicate");
    expect(copy?.passage.text).toContain("The canteen opens at noon");
    const report = await why("When does the canteen open?", { document: copy?.passage.path ?? "" });
    expect(report.verdict.code).toBe("duplicate");
    expect(report.steps.at(-1)).toMatchObject({ name: "sources", state: "weak" });
  });

  test("nothing expected is INVALID; an empty library says so", async () => {
    await expect(why("x", {})).rejects.toMatchObject({ code: "INVALID" });
    const empty = await createTestEngine();
    try {
      expect((await empty.client.evaluation.why({ question: "x", phrase: "y" })).verdict.code).toBe("no-documents");
    } finally {
      await empty.dispose();
    }
  });
});

describe("question sets and their run", () => {
  const run = async (input: Parameters<BlockEngine["client"]["evaluation"]["retrieval"]>[0]) => {
    const events: RetrievalEvent[] = [];
    for await (const event of await engine.client.evaluation.retrieval(input)) events.push(event);
    const last = events.at(-1);
    if (last?.type !== "done") throw new Error("There is no report.");
    return { report: last.report, events };
  };

  test("a set is kept, listed, run and removed", async () => {
    const { sets } = engine.client.evaluation;
    const saved = await sets.save({ name: "Canteen", questions: [{ id: "1", question: "When does the canteen open?", expectPhrase: "at noon" }, { id: "2", question: "When does the Ida house's lease end?", expectDocument: "Ida.md" }, { id: "3", question: "Who painted the ceiling?", unanswerable: true }] });
    expect(await sets.list()).toEqual([saved]);
    await expect(sets.save({ name: "Canteen", questions: [] })).rejects.toMatchObject({ code: "CONFLICT" });
    const { report } = await run({ setId: saved.id, answers: "quotes" });
    expect(report).toMatchObject({ name: "Canteen", kind: "questions", questions: 2, unanswerable: 1, misses: [] });
    expect(report.stages.map(({ stage }) => stage)).toEqual(["lexical", "dense", "fused"]);
    expect(report.stages.at(-1)?.measures["recall@5"].mean).toBe(1);
    expect(report.citations).toMatchObject({ mode: "quotes", exact: { mean: 1 } });
    expect(report.citations?.passage.mean).toBe(1);
    expect(report.latency.map(({ step }) => step)).toContain("total");
    await sets.remove({ id: saved.id });
    expect(await sets.list()).toEqual([]);
  });

  test("broken lines are told with their number; the good ones go on", async () => {
    const file = engine.write("questions.jsonl", ['{"id": 1, "question": "When does the canteen open?", "expectPhrase": "at noon"}', "no json", '{"id": 2, "question": "And nothing expected?"}', "", '{"id": "3", "question": "Which house ends its lease in 2038?", "expectDocument": "Ida.md"}'].join("\n"));
    const { report, events } = await run({ path: file });
    expect(report.questions).toBe(2);
    expect(events.filter((event) => event.type === "problem").map(({ line, reason }) => [line, /JSON|expect/.test(reason)])).toEqual([[2, true], [3, true]]);
    await expect(run({ path: join(engine.folder, "nothing.jsonl") })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a BEIR folder is indexed apart, found again the second time, and its documents are known by their ids", async () => {
    const beir = join(engine.folder, "beir");
    const articles = [["a/1", "Tides", "The moon pulls the sea twice a day."], ["b*2", "Volcanoes", "# Magma rises where plates part."], ["3", "Bread", "Dough rests before it is baked."]];
    engine.write("beir/corpus.jsonl", articles.map(([_id, title, text]) => JSON.stringify({ _id, title, text })).join("\n"));
    engine.write("beir/queries.jsonl", [["q1", "What causes tides?"], ["q2", "Where does magma rise?"], ["q3", "not judged"]].map(([_id, text]) => JSON.stringify({ _id, text })).join("\n"));
    engine.write("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\ta/1\t1\nq2\tb*2\t2\nq2\t3\t0\nbroken line\n");
    const first = await run({ path: beir });
    expect(first.report).toMatchObject({ kind: "beir", questions: 2, documents: 3 });
    expect(first.report.stages.map(({ stage, measures }) => [stage, measures["ndcg@10"].mean])).toEqual([["lexical", 1], ["dense", 1], ["fused", 1]]);
    expect(first.events.filter((event) => event.type === "problem").map(({ line }) => line)).toEqual([5]);
    const again = await run({ path: beir });
    expect(again.events.some((event) => event.type === "progress" && event.step === "reading")).toBe(false);
    expect(again.report.stages).toEqual(first.report.stages);
    const own = (await engine.client.documents.list({ text: "Tides" })).total;
    expect(own, "the person's library is left alone").toBe(0);
  }, 120_000);

  test("closing the stream stops the run", async () => {
    const saved = await engine.client.evaluation.sets.save({ name: "Long", questions: Array.from({ length: 2000 }, (_, i) => ({ id: String(i), question: `When does lease ${i} end?`, expectDocument: "Ida.md" })) });
    const stop = new AbortController();
    const start = performance.now();
    const reading = (async () => {
      for await (const event of await engine.client.evaluation.retrieval({ setId: saved.id }, { signal: stop.signal })) if (event.type === "progress" && event.done > 0) stop.abort();
    })();
    await expect(reading).rejects.toBeDefined();
    expect(performance.now() - start).toBeLessThan(15_000);
    await engine.client.evaluation.sets.remove({ id: saved.id });
  });
});
