import type { AnswerOptions, CheckVerdict, ShelfItem } from "../../engine/contract/index.ts";

type Tone = "neutral" | "good" | "warn" | "danger";

export const MOST_ADAPTERS = 8;

/** What is known of an adapter on the model that answers: a word for the mark beside it, and the sentence behind it. */
export interface Standing { readonly tone: Tone; readonly word: string; readonly text: string; /** A check would say more. */ readonly canCheck: boolean }

/** What a check came to, as a mark says it: here and on the shelf. */
export const standingWords: Readonly<Record<CheckVerdict, readonly [Tone, string]>> = {
  fits: ["good", "Fits"], "changes-nothing": ["warn", "Changes nothing"], "breaks-output": ["danger", "Breaks the output"], "other-base": ["danger", "For another base"], damaged: ["danger", "Damaged"],
};

export function standingOf(item: ShelfItem, base: ShelfItem | undefined): Standing {
  if (item.state === "missing") return { tone: "danger", word: "File missing", text: "The file is not where it was.", canCheck: false };
  const report = item.checks?.find(({ baseId }) => baseId === base?.id);
  if (report && !report.stale) return { tone: standingWords[report.verdict][0], word: standingWords[report.verdict][1], text: [report.text, report.next].filter(Boolean).join(" "), canCheck: report.verdict === "changes-nothing" || report.verdict === "breaks-output" };
  if (report) return { tone: "warn", word: "Check again", text: "Its file or its base is another one since it was checked.", canCheck: base !== undefined };
  const owner = item.fineTuneOf;
  if (owner?.id && base && owner.id !== base.id) return { tone: "warn", word: "Other base", text: `It was made from ${owner.name ?? "another model"}, not from ${base.name}.`, canCheck: true };
  return { tone: "neutral", word: "Not checked", text: base ? `It has not been checked on ${base.name} yet.` : "Choose a model to check it with.", canCheck: base !== undefined };
}

/** The chosen adapters that there are. Nothing chosen and only one there: that one, as trained, unless the model has its fine-tune inside. */
export function chosenAdapters(options: AnswerOptions, shelf: readonly ShelfItem[], model: ShelfItem | undefined): AnswerOptions["adapters"] {
  const adapters = shelf.filter((item) => item.kind === "adapter");
  const chosen = options.adapters.filter((choice) => adapters.some((item) => item.id === choice.modelId));
  const [only, another] = adapters;
  return chosen.length === 0 && only && !another && !model?.isFineTune ? [{ modelId: only.id, scale: 1 }] : chosen;
}

/** Between 0 and 2, two places; undefined for what is no number. */
export function strengthFrom(text: string): number | undefined {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? undefined : Math.round(Math.min(2, Math.max(0, value)) * 100) / 100;
}
