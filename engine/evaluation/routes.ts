import { os, stream } from "../contract/server.ts";
import type { Evaluation } from "./evaluation.ts";

/** The contract's part `evaluation`. */
export function evaluationRoutes(evaluation: Evaluation, tell: () => void) {
  return {
    retrieval: os.evaluation.retrieval.handler(({ input, signal }) => stream(evaluation.retrieval(input, signal))),
    why: os.evaluation.why.handler(({ input, signal }) => evaluation.why(input, signal)),
    probe: os.evaluation.probe.handler(({ input, signal }) => evaluation.probe(input, signal)),
    sets: setRoutes(evaluation, tell),
    runs: runRoutes(evaluation),
  };
}

function setRoutes(evaluation: Evaluation, tell: () => void) {
  const { sets } = evaluation;
  const telling = async <T>(work: Promise<T>): Promise<T> => {
    const done = await work;
    tell();
    return done;
  };
  return {
    list: os.evaluation.sets.list.handler(() => sets.list()),
    save: os.evaluation.sets.save.handler(({ input }) => telling(sets.save(input))),
    remove: os.evaluation.sets.remove.handler(({ input }) => telling(sets.remove(input.id))),
    import: os.evaluation.sets.import.handler(({ input }) => telling(evaluation.importQuestions(input))),
    export: os.evaluation.sets.export.handler(({ input }) => evaluation.exportQuestions(input.id, input.format)),
    fromAnswer: os.evaluation.sets.fromAnswer.handler(({ input }) => telling(evaluation.saveAnswer(input))),
  };
}

function runRoutes(evaluation: Evaluation) {
  const { runs, sets } = evaluation;
  return {
    list: os.evaluation.runs.list.handler(({ input }) => runs.list(input.setId)),
    start: os.evaluation.runs.start.handler(({ input }) => runs.start(input, sets.get(input.setId))),
    resume: os.evaluation.runs.resume.handler(({ input }) => runs.resume(input.id)),
    again: os.evaluation.runs.again.handler(({ input }) => runs.again(input.id)),
    stop: os.evaluation.runs.stop.handler(({ input }) => runs.stop(input.id)),
    watch: os.evaluation.runs.watch.handler(({ input, signal }) => stream(runs.watch(input.id, signal))),
    remove: os.evaluation.runs.remove.handler(({ input }) => runs.remove(input.id)),
    answers: os.evaluation.runs.answers.handler(async ({ input: { id, variant, questionId } }) =>
      [...(await runs.content(id)).answers.values()].filter((answer) => (variant === undefined || answer.variant === variant) && (questionId === undefined || answer.questionId === questionId))),
    rate: os.evaluation.runs.rate.handler(({ input: { id, variant, questionId, thumb } }) => runs.rate(id, variant, questionId, thumb)),
    report: os.evaluation.runs.report.handler(({ input }) => evaluation.report(input)),
    export: os.evaluation.runs.export.handler(({ input }) => evaluation.exportReport(input)),
    compare: os.evaluation.runs.compare.handler(({ input }) => evaluation.compare(input)),
  };
}
