import { isAbort } from "../../base/errors.ts";
import type { AnswerMeans } from "../means.ts";
import type { Turn } from "./condense.ts";
import { stripMarkers } from "../evidence/markers.ts";
import { unique } from "./subjects.ts";
import { terms, type Term } from "../words/terms.ts";

export interface Rewritten {
  /** Words of the conversation that the question leaves out, as the model sees it. Empty: it added nothing of use. */
  readonly carried: readonly string[];
  /** Why there is nothing, where that is worth saying. */
  readonly note?: string;
}

export interface RewriteOptions {
  /** Milliseconds, waiting for the model included. 0: the model is not asked. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
}

const SYSTEM = "Rewrite the last question so that it can be understood alone: put the names it refers to in place of words like it, they or that. Answer with the question only.";
/** Characters of the answer before that the model is shown. */
const SHOWN_ANSWER = 600;
const MOST_TOKENS = 48;
const MOST_WORDS = 8;
const GREEDY = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, maxTokens: MOST_TOKENS, stop: ["\n"] };

/**
 * Asks the model that is loaded, never one that is not, what a follow-up leaves out. Only words of the turn before are taken from what it says:
 * it may choose among them and can bring in nothing of its own. Too late, busy or of no use: the rules' words stand.
 * Reading this prompt costs the model's cache of the conversation, which is why it is asked only where the rules are unsure.
 */
export async function rewrite(question: string, before: Turn, means: Pick<AnswerMeans, "chatModel" | "turn">, { budgetMs, signal }: RewriteOptions): Promise<Rewritten | undefined> {
  if (budgetMs === 0 || means.turn.busy || !means.chatModel.current()) return undefined;
  const budget = AbortSignal.timeout(budgetMs);
  const stop = AbortSignal.any([signal, budget]);
  const answer = stripMarkers(before.answer.text).slice(0, SHOWN_ANSWER);
  const prompt = `Question before: ${before.question}\nAnswer: ${answer}\nLast question: ${question}\nRewritten question:`;
  try {
    const said = await means.turn.run(stop, async () => {
      let text = "";
      for await (const event of means.chatModel.generate({ system: SYSTEM, history: [], prompt, adapters: [], sampling: GREEDY }, stop)) if (event.type === "text") text += event.text;
      stop.throwIfAborted();
      return text;
    });
    return { carried: added(said, question, [before.question, answer]) };
  } catch (error) {
    signal.throwIfAborted();
    if (!budget.aborted && isAbort(error)) throw error;
    return { carried: [], note: budget.aborted ? `The model did not complete the question within ${budgetMs} ms: it was completed by rule.` : `The model could not complete the question (${error instanceof Error ? error.message : String(error)}): it was completed by rule.` };
  }
}

/** Words of the rewriting's first line that the conversation has and the question has not; those that stand side by side stay together. */
function added(said: string, question: string, conversation: readonly string[]): string[] {
  const line = said.split("\n").find((one) => one.trim() !== "") ?? "";
  const own = new Set(terms(question).map(({ key }) => key));
  const known = new Set(terms(conversation.join("\n")).map(({ key }) => key));
  const runs: Term[][] = [];
  let previous: Term | undefined;
  for (const term of terms(line).filter(({ key }) => known.has(key) && !own.has(key)).slice(0, MOST_WORDS)) {
    const beside = previous !== undefined && line.slice(previous.start + previous.word.length, term.start) === " ";
    if (beside) runs.at(-1)?.push(term);
    else runs.push([term]);
    previous = term;
  }
  return unique(runs.map((run) => run.map(({ word }) => word).join(" ")));
}
