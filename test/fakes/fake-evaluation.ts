import { LorekeepError } from "../../engine/base/errors.ts";
import type { ProbeInput, ProbeResult } from "../../engine/contract/index.ts";
import { exportQuestions } from "../../engine/evaluation/questions/import.ts";
import { formatOf, questionsFrom } from "../../engine/evaluation/questions/read.ts";
import { os } from "../../engine/contract/server.ts";
import { searchFake } from "./fake-answers.ts";
import type { FakeWorld } from "./fake-world.ts";

function probeFake(world: FakeWorld, { question, filter, settings }: ProbeInput): ProbeResult {
  const { candidates = 60, sources = 6 } = settings;
  const hits = searchFake(world, question, { collectionIds: filter.collectionIds }).slice(0, candidates);
  const all = hits.map(({ passage, score }, i) => ({ passage, lexical: { rank: i + 1, score }, fused: { rank: i + 1, score }, ...(i >= sources ? { dropped: { stage: "assemble" as const, reason: "limit" as const } } : {}) }));
  const taken = hits.slice(0, sources).map(({ passage }, i) => ({ number: i + 1, passage, range: passage.range, text: passage.text }));
  return { candidates: all, sources: taken, best: all.map(() => undefined), settings: { candidates, sources }, ms: { total: 1 } };
}

const missing = (): never => { throw new LorekeepError("UNSUPPORTED", "The fake engine measures nothing."); };

/** The contract's part `evaluation` over the fake's documents: probes by shared words, sets in memory; a walk that ends at the first step. */
export function evaluationHandlers(world: FakeWorld) {
  const { sets } = world;
  return {
    probe: os.evaluation.probe.handler(({ input }) => probeFake(world, input)),
    why: os.evaluation.why.handler(({ input }) => ({
      question: input.question, steps: [{ name: "file" as const, state: "cut" as const, sentence: "The fake engine keeps no files." }], expected: [], ms: 1,
      verdict: { code: "no-such-document" as const, sentence: "The fake engine keeps no files." },
    })),
    retrieval: os.evaluation.retrieval.handler(async function* () {
      await Promise.resolve();
      yield { type: "progress" as const, step: "searching" as const, done: 0, total: 1 };
      throw new LorekeepError("UNSUPPORTED", "The fake engine measures nothing.");
    }),
    sets: {
      list: os.evaluation.sets.list.handler(() => [...sets.values()]),
      save: os.evaluation.sets.save.handler(({ input }) => {
        const set = { ...input, id: input.id ?? `set-${sets.size + 1}`, updated: new Date().toISOString() };
        sets.set(set.id, set);
        return set;
      }),
      remove: os.evaluation.sets.remove.handler(({ input }) => void sets.delete(input.id)),
      import: os.evaluation.sets.import.handler(({ input: { text = "", name = "Questions", format } }) => {
        const { questions, problems } = questionsFrom(text, format ?? formatOf(undefined, text));
        const set = { id: `set-${sets.size + 1}`, name, questions, updated: new Date().toISOString() };
        sets.set(set.id, set);
        return { set, added: questions.length, replaced: 0, problems };
      }),
      export: os.evaluation.sets.export.handler(({ input: { id, format } }) => exportQuestions(sets.get(id) ?? missing(), format)),
      fromAnswer: os.evaluation.sets.fromAnswer.handler(() => missing()),
    },
    runs: {
      list: os.evaluation.runs.list.handler(() => []),
      start: os.evaluation.runs.start.handler(() => missing()), resume: os.evaluation.runs.resume.handler(() => missing()), again: os.evaluation.runs.again.handler(() => missing()), stop: os.evaluation.runs.stop.handler(() => missing()),
      watch: os.evaluation.runs.watch.handler(async function* () { await Promise.resolve(); yield* []; missing(); }),
      remove: os.evaluation.runs.remove.handler(() => missing()), answers: os.evaluation.runs.answers.handler(() => missing()), rate: os.evaluation.runs.rate.handler(() => missing()),
      report: os.evaluation.runs.report.handler(() => missing()), export: os.evaluation.runs.export.handler(() => missing()), compare: os.evaluation.runs.compare.handler(() => missing()),
    },
  };
}
