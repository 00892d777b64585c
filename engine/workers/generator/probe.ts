import type { LlamaModel, Token } from "node-llama-cpp";
import type { ProbedPosition, ProbeInput, Probed } from "./contract.ts";
import { generate, type GenerationSetting } from "./generation.ts";
import { promptTokens } from "./template.ts";

/** `emit` is called once per question. */
export interface ProbeRun {
  readonly signal: AbortSignal;
  readonly emit: (found: Probed) => void;
}

const GREEDY = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, stop: [] };

/** Asks every question once for its distributions and once for its answer. */
export async function probe(setting: GenerationSetting, input: ProbeInput, run: ProbeRun): Promise<void> {
  for (const [index, question] of input.questions.entries()) {
    const positions = await distributions(setting, { ...input, question }, run.signal);
    if (positions === undefined) {
      run.emit({ index, finite: false, positions: [], text: "", stopReason: "end", tokens: 0 });
      continue;
    }
    const pieces: string[] = [];
    let ended: Pick<Probed, "stopReason" | "tokens"> = { stopReason: "end", tokens: 0 };
    await generate(setting, { ...question, history: [], adapters: [], sampling: { ...GREEDY, maxTokens: input.sampleTokens } }, {
      signal: run.signal,
      emit: (event) => {
        if (event.type === "text") pieces.push(event.text);
        if (event.type === "done") ended = { stopReason: event.stopReason, tokens: event.completionTokens };
      },
    });
    run.emit({ index, finite: true, positions, text: pieces.join(""), ...ended });
  }
}

/**
 * Position by position, one token at a time also where the way is known: evaluated in larger batches the same model differs from itself in the
 * last bits. undefined: a logit was no number.
 */
async function distributions(setting: GenerationSetting, about: ProbeInput & { question: ProbeInput["questions"][number] }, signal: AbortSignal): Promise<ProbedPosition[] | undefined> {
  const { model, slot: { sequence } } = setting;
  const { question: { along, ...question }, top } = about;
  const prompt = promptTokens(model, setting.template, { ...question, history: [] });
  const last = prompt.pop() ?? model.tokens.bos ?? (0 as Token); // Token is a branded number; 0 exists in every vocabulary
  await sequence.clearHistory();
  if (prompt.length > 0) await sequence.evaluateWithoutGeneratingNewTokens(prompt);
  const positions: ProbedPosition[] = [];
  const most = along?.length ?? Math.min(about.steps, sequence.contextSize - prompt.length - 1);
  for (let at = 0, token = last; at < most; at++) {
    signal.throwIfAborted();
    const found = await evaluated(setting, token, along?.[at]?.tokens ?? top);
    if (!found) return undefined;
    positions.push(found);
    token = (along?.[at]?.top ?? found.top) as Token; // as it came from the model itself
    if (model.isEogToken(token)) break;
  }
  return positions;
}

/** Reads one token and looks at what may follow: the likeliest `wanted`, or those that are named. */
async function evaluated({ slot: { sequence } }: GenerationSetting, token: Token, wanted: readonly number[] | number): Promise<ProbedPosition | undefined> {
  const filter = typeof wanted === "number" ? { tokens: [], includeTop: wanted } : { tokens: wanted as Token[], includeMax: true }; // ids of this model's vocabulary
  const [result] = await sequence.controlledEvaluate([[token, { generateNext: { totalLogitWeight: true, logits: { filter } } }]]);
  const { logits, totalLogitWeight = Number.NaN } = result?.next ?? {};
  if (!logits || !Number.isFinite(totalLogitWeight)) return undefined;
  let top: [Token | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  // Of two that are equal the lower id, so that the same distribution has the same likeliest token however it was asked for.
  for (const [id, logit] of logits) if (logit > top[1] || (logit === top[1] && id < (top[0] ?? id))) top = [id, logit];
  const [likeliest, most] = top;
  if (likeliest === undefined || ![...logits.values()].every(Number.isFinite)) return undefined;
  const tokens = typeof wanted === "number" ? [...logits.keys()] : [...wanted];
  const total = most + Math.log(totalLogitWeight); // the weight is the sum of exp(logit − largest logit)
  return { tokens, logprobs: tokens.map((id) => (logits.get(id as Token) ?? most) - total), top: likeliest };
}

/** Tokens a probe's context must hold: the longest question, its answer, and a little room for the template. */
export function probeContextSize(model: LlamaModel, setting: Pick<GenerationSetting, "template">, { questions, steps, sampleTokens }: ProbeInput): number {
  const longest = Math.max(...questions.map((question) => promptTokens(model, setting.template, { ...question, history: [] }).length));
  return longest + Math.max(steps, sampleTokens) + 16;
}
