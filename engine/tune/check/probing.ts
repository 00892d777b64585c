import { LorekeepError } from "../../base/errors.ts";
import type { CheckEvent, CheckFinding, CheckInput, CheckSample } from "../../contract/check.ts";
import type { Probed, ProbeInput } from "../../workers/generator/contract.ts";
import { problemOf } from "./broken.ts";
import type { CheckMeans, Pair } from "./check.ts";
import { divergenceOf } from "./divergence.ts";
import type { Evidence } from "./verdict.ts";

export interface Probing {
  readonly pair: Pair;
  readonly input: CheckInput;
  readonly means: CheckMeans;
  readonly run: { readonly emit: (event: CheckEvent) => void; readonly signal: AbortSignal };
}

/** General questions with short answers, so that one that does not end is seen to do so. */
const QUESTIONS = ["What is the capital of France?", "Answer with yes or no: is water wet?", "Name three colours.", "Write one sentence about the sea."];
/** Positions per question, and the likeliest tokens looked at in each: beyond the first 64 next to nothing of the probability is left. */
const STEPS = 16;
const TOP = 64;
const SAMPLE_TOKENS = 160;
/** The toy world's fine-tune for another format changes 36 % of the likeliest tokens, random weights 84 to 100 %. */
const NEARLY_ALL = 0.75;

type Found = Pick<Evidence, "divergence" | "samples" | "notFinite" | "ended"> & { readonly findings: CheckFinding[] };

/** Asks the base, then the fine-tune along the base's words, and puts the model back that was loaded before. Waits for its turn. */
export async function probeBoth(probing: Probing): Promise<Found> {
  const { pair: { item, base }, input, means: { model, turn, closing }, run: { emit, signal } } = probing;
  emit({ type: "stage", stage: "probe", done: 0, total: (QUESTIONS.length + input.prompts.length) * 2 });
  return turn.run(signal, async () => {
    const before = model.loadedId();
    try {
      const prompts = [...QUESTIONS, ...input.prompts];
      await model.ensureLoaded(base.id, signal);
      const plain = await ask(probing, { adapters: [], questions: prompts.map((prompt) => ({ system: "", prompt })) }, 0);
      if (item.kind === "model") await model.ensureLoaded(item.id, signal);
      const adapters = item.kind === "adapter" ? [{ path: item.path, scale: input.scale }] : [];
      const tuned = await ask(probing, { adapters, questions: prompts.map((prompt, i) => ({ system: "", prompt, along: plain[i]?.positions ?? [] })) }, prompts.length);
      emit({ type: "stage", stage: "sample", done: prompts.length, total: prompts.length });
      return compared(prompts, plain, tuned);
    } finally {
      // Whoever asks without naming a model means the one that is loaded: a check must not change which that is, also where it was stopped. Where
      // that one cannot come back, the runtime's own state says what is loaded instead; what was found stands.
      if (before !== undefined && before !== model.loadedId()) await model.ensureLoaded(before, closing).catch(() => undefined);
    }
  });
}

async function ask({ means: { model }, run: { emit, signal } }: Probing, about: Pick<ProbeInput, "adapters" | "questions">, done: number): Promise<Probed[]> {
  const found: Probed[] = [];
  for await (const one of model.probe({ ...about, steps: STEPS, top: TOP, sampleTokens: SAMPLE_TOKENS }, signal)) {
    found.push(one);
    emit({ type: "stage", stage: "probe", done: done + found.length, total: about.questions.length * 2 });
  }
  return found;
}

function compared(prompts: readonly string[], plain: readonly Probed[], tuned: readonly Probed[]): Found {
  const pairs = prompts.flatMap((prompt, i) => {
    const [a, b] = [plain[i], tuned[i]];
    return a && b ? [{ prompt, a, b }] : [];
  });
  if (pairs.some(({ a }) => !a.finite)) throw new LorekeepError("MODEL_FAILED", { reason: "The base model itself computes values that are no numbers, so nothing can be said of its fine-tune.", next: "Download or convert the base again." });
  const notFinite = pairs.some(({ a, b }) => !b.finite && a.finite);
  const samples: CheckSample[] = pairs.map(({ prompt, a, b }) => {
    const problem = problemOf(a, b);
    return { prompt, base: a.text, tuned: b.text, ...(problem ? { problem } : {}) };
  });
  if (notFinite) return { samples: [], notFinite, findings: [{ stage: "probe", level: "failure", text: "With it, the model computes values that are no numbers." }] };
  const divergence = divergenceOf(plain.map(({ positions }) => positions), tuned.map(({ positions }) => positions));
  const problems = samples.filter(({ problem }) => problem !== undefined);
  return {
    samples, divergence, ended: plain.filter(({ stopReason }) => stopReason === "end" || stopReason === "stop-text").length,
    findings: [
      { stage: "probe", level: "ok", text: `The next word's probabilities move by ${nats(divergence.mean)} nats in the mean and ${nats(divergence.max)} at most, over ${divergence.positions} places.` },
      ...(divergence.changedTop >= NEARLY_ALL ? [{ stage: "probe" as const, level: "warning" as const, text: `At ${Math.round(divergence.changedTop * 100)} % of the places another word comes first. Read the sample answers before you trust it: a fine-tune rarely changes so much.` }] : []),
      { stage: "sample", level: problems.length > 0 ? "warning" : "ok", text: problems.length > 0 ? `${problems.length} of ${samples.length} answers repeat themselves, do not end or are empty.` : `None of ${samples.length} answers repeats itself, runs on or is empty where the base's does not.` },
    ],
  };
}

const nats = (value: number) => (value === 0 ? "0" : value < 0.001 ? value.toExponential(1) : value.toFixed(3));
