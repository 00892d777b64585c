import type { CornerReport, Figure, PairReport, ScoreMeasure } from "../../contract/reports.ts";

/** What a measure is called in a report. */
export const measureNames: Readonly<Record<ScoreMeasure, string>> = {
  correct: "Right", fact: "Facts", format: "Format", exact: "Nothing but the answer", tokenF1: "Token F1", similarity: "Likeness", recall: "Passage found", precision: "Sources that hold it", citation: "Cited right",
  marked: "Cited right by the model itself", mismarked: "Cited wrong by the model itself", faithfulness: "Supported claims", refusal: "Refuses rightly", answered: "Does not refuse wrongly", repetition: "Repetition",
};

export const pairNames: Readonly<Record<PairReport["measure"], string>> = { correct: "Right", fact: "Facts", format: "Format", tokenF1: "Token F1", totalMs: "Milliseconds" };

/** "0.88 [0.80, 0.95]", or a dash where it was not measured. */
export const shown = (figure: Figure | undefined): string => (figure ? `${figure.mean.toFixed(2)} [${figure.low.toFixed(2)}, ${figure.high.toFixed(2)}]` : "–");

export const shownP = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));

/** The measures that some corner has, in the order of {@link measureNames}. */
export function measuresOf(corners: readonly CornerReport[]): ScoreMeasure[] {
  return (Object.keys(measureNames) as ScoreMeasure[]).filter((measure) => corners.some(({ scores }) => scores[measure] !== undefined));
}

export function made({ mode, model, adapters, enforced }: CornerReport): string {
  return [mode, ...(model === undefined ? [] : [model]), ...adapters, ...(enforced ? ["schema enforced"] : [])].join(", ");
}

/** One row per corner of what it took. */
export const costColumns = ["First word, ms (p50 / p95)", "Whole answer, ms (p50 / p95)", "Tokens in", "Tokens out", "Tokens/s", "Words", "Seconds in all", "Tokens in all"] as const;

export function costOf(corner: CornerReport): string[] {
  const { firstTokenMs: first, totalMs: total } = corner;
  return [
    first.n === 0 ? "–" : `${Math.round(first.p50)} / ${Math.round(first.p95)}`, `${Math.round(total.p50)} / ${Math.round(total.p95)}`,
    corner.promptTokens.toFixed(0), corner.completionTokens.toFixed(0), corner.tokensPerSecond.toFixed(0), corner.words.toFixed(0), corner.seconds.toFixed(1), String(corner.tokens),
  ];
}
