import type { CheckFinding, CheckSample, CheckVerdict, Divergence } from "../../contract/check.ts";

/**
 * Where a change begins to be one. Storing a model in Q8_0, which nobody notices, moves its distributions by about 1e-3 nats in the mean
 * (llama.cpp's tables for Llama 3 8B, ggml-org/llama.cpp#6936). What stays below that, nowhere exceeds 1e-2 and leaves every likeliest token
 * and every answer as it was is taken for nothing. Measured on the toy world: an untrained adapter 1e-7 (the rounding of sums); the fine-tune at
 * strength 0.0001 3e-4 on Q8_0 weights, because any change at all flips some of the rounded activations; at 0.05 3e-3; at 1 1.6.
 */
const UNNOTICED = { mean: 1e-3, max: 1e-2 };
/** From here on the model all but ignores the base's own next word; a fine-tune for another format does that, so it is said and no verdict. */
const STRONG = 1;
/** Of the questions: half of them repeated or left empty is no accident. To run on is no fault of one long answer, so it must be all of them. */
const BROKEN_SHARE = 0.5;

export interface Evidence {
  readonly findings: readonly CheckFinding[];
  /** Absent where the model was not asked. */
  readonly divergence?: Divergence | undefined;
  readonly samples: readonly CheckSample[];
  /** The tuned model computed something that is no number. */
  readonly notFinite?: boolean;
  /** Questions at which the base's own answer came to an end. */
  readonly ended?: number;
  readonly kind: "adapter" | "model";
  /** Base and merged model are stored alike; else the storage alone moves the distribution. */
  readonly sameQuantisation: boolean;
}

export interface Verdict {
  readonly verdict: CheckVerdict;
  readonly text: string;
  readonly next?: string;
}

/** What all that was found comes to. */
export function verdictOf(evidence: Evidence): Verdict {
  const { findings, divergence, samples, kind } = evidence;
  const it = kind === "adapter" ? "The adapter" : "The merged model";
  const failure = findings.find(({ level }) => level === "failure");
  if (failure?.stage === "file" || evidence.notFinite) {
    const why = evidence.notFinite ? "With it, the model computes what is no number." : failure?.text;
    return { verdict: "damaged", text: `${it} is damaged. ${why}`, next: "Download, convert or train it again." };
  }
  if (failure) return { verdict: "other-base", text: `${it} is for another base. ${failure.text}`, next: "Choose the base model it was made from." };
  const broken = brokenBy(samples, evidence.ended ?? samples.length);
  if (broken) return { verdict: "breaks-output", text: `${it} fits, but breaks the output: ${broken}.`, next: kind === "adapter" ? "Try it at a lower strength, or train it again with a lower learning rate." : "Merge again with a lower strength." };
  if (divergence && changesNothing(divergence) && samples.every(({ base, tuned }) => base === tuned)) {
    return { verdict: "changes-nothing", text: `${it} fits, but changes nothing: on ${samples.length} questions the answers and their probabilities stay as they are.`, next: "If it is for one kind of question, check it again with one of those." };
  }
  return { verdict: "fits", text: `${it} fits.${divergence ? ` ${howMuch(divergence, evidence)}` : ""}` };
}

const changesNothing = ({ mean, max, changedTop }: Divergence) => mean < UNNOTICED.mean && max < UNNOTICED.max && changedTop === 0;

function howMuch(divergence: Divergence, { sameQuantisation }: Evidence): string {
  const share = Math.round(divergence.changedTop * 100);
  if (!sameQuantisation && divergence.mean < STRONG / 10) return "It changes little; how it is stored may account for that.";
  if (divergence.changedTop === 0) return "It moves probabilities a little; on these questions no other word comes first.";
  return divergence.mean >= STRONG ? `It changes the answers much: at ${share} % of the places another word comes first.` : `It changes the answers: at ${share} % of the places another word comes first.`;
}

function brokenBy(samples: readonly CheckSample[], ended: number): string | undefined {
  const count = (problem: CheckSample["problem"]) => samples.filter((sample) => sample.problem === problem).length;
  const enough = (n: number) => n > 0 && n >= samples.length * BROKEN_SHARE;
  const of = (n: number) => `in ${n} of ${samples.length} answers`;
  if (enough(count("empty"))) return `it says nothing ${of(count("empty"))}`;
  if (enough(count("repeats"))) return `it repeats itself ${of(count("repeats"))}`;
  if (ended > 1 && count("never-stops") + count("repeats") >= ended) return "it never stops, where the model without it does";
  if (enough(count("empty") + count("repeats"))) return `it repeats itself or says nothing ${of(count("empty") + count("repeats"))}`;
  return undefined;
}
