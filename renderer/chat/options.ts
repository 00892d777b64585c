import type { AnswerMode, AnswerOptions } from "../../engine/contract/index.ts";

/** Options with nothing chosen but the mode; the engine fills in the model's and the settings' own. */
export const answerOptionsOf = (mode: AnswerMode): AnswerOptions => ({ mode, adapters: [], filter: {}, sampling: {} });

/** A change of the options; undefined takes a choice away. */
export type OptionsPatch = { [K in keyof AnswerOptions]?: AnswerOptions[K] | undefined };

/** Two choices of a list, one added or taken away. */
export const toggled = (list: readonly string[] | undefined, value: string): string[] => (list?.includes(value) ? list.filter((other) => other !== value) : [...(list ?? []), value]);

/** An object without the keys that are undefined: the contract's optional fields are absent, never undefined. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
