import type { AnswerOptions } from "../../contract/answers.ts";
import type { SamplingOptions } from "../../workers/generator/contract.ts";

export type SamplingFields = Partial<Omit<SamplingOptions, "stop">>;

/** What a person, a model and the settings leave open. Low temperature where the answer must keep to its sources; no repeat penalty, since quoting repeats. */
const defaults = { temperature: 0.7, topP: 0.95, topK: 40, minP: 0.05, repeatPenalty: 1, maxTokens: 1024 } as const;
const GROUNDED_TEMPERATURE = 0.2;

export interface SamplingSources {
  readonly asked: AnswerOptions["sampling"];
  readonly model: SamplingFields | undefined;
  readonly settings: AnswerOptions["sampling"];
  readonly grounded: boolean;
}

/** Field by field: what was asked for, else the model's own metadata, else the settings, else the defaults. */
export function resolveSampling({ asked, model, settings, grounded }: SamplingSources): SamplingOptions {
  const field = <K extends keyof SamplingFields>(key: K): SamplingFields[K] | undefined => asked[key] ?? model?.[key] ?? settings[key];
  const seed = field("seed");
  return {
    temperature: field("temperature") ?? (grounded ? GROUNDED_TEMPERATURE : defaults.temperature),
    topP: field("topP") ?? defaults.topP,
    topK: field("topK") ?? defaults.topK,
    minP: field("minP") ?? defaults.minP,
    repeatPenalty: field("repeatPenalty") ?? defaults.repeatPenalty,
    maxTokens: field("maxTokens") ?? defaults.maxTokens,
    ...(seed === undefined ? {} : { seed }),
    stop: [],
  };
}
