import type { Limit, LimitMeasure } from "../../contract/questions.ts";
import type { CornerReport, RunReport } from "../../contract/reports.ts";

const names: Readonly<Record<LimitMeasure, string>> = {
  correct: "Right answers", fact: "Facts", format: "Format", citation: "Citations", faithfulness: "Supported claims", refusal: "Right refusals", p95Ms: "The slowest twentieth of the answers", p95FirstTokenMs: "The slowest twentieth of the first words",
};

const isTime = (measure: LimitMeasure): measure is "p95Ms" | "p95FirstTokenMs" => measure === "p95Ms" || measure === "p95FirstTokenMs";

/** Each limit against each variant it is for; one that nothing could be measured for is broken, too: a check that checks nothing must not pass. */
export function limitReports(limits: readonly Limit[], corners: readonly CornerReport[]): RunReport["limits"] {
  return limits.flatMap((limit) => {
    const meant = limit.variant === undefined ? corners.filter((corner) => measuredOf(corner, limit.measure) !== undefined) : corners.filter(({ name }) => name.toLowerCase() === limit.variant?.toLowerCase());
    return meant.length > 0 ? meant.map((corner) => judged(limit, corner)) : [nothing(limit, limit.variant ?? "")];
  });
}

function measuredOf({ scores, totalMs, firstTokenMs }: CornerReport, measure: LimitMeasure): number | undefined {
  if (!isTime(measure)) return scores[measure]?.mean;
  const spread = measure === "p95Ms" ? totalMs : firstTokenMs;
  return spread.n === 0 ? undefined : spread.p95;
}

function judged(limit: Limit, corner: CornerReport): RunReport["limits"][number] {
  const measured = measuredOf(corner, limit.measure);
  if (measured === undefined) return nothing(limit, corner.name);
  const time = isTime(limit.measure);
  const broken = time ? measured > limit.value : measured < limit.value;
  const shown = (value: number) => (time ? `${Math.round(value)} ms` : `${Math.round(value * 1000) / 10} %`);
  return { ...limit, variant: corner.name, measured, broken, sentence: `${names[limit.measure]}, ${corner.name}: ${shown(measured)}, ${broken ? (time ? "over" : "under") : "within"} the limit of ${shown(limit.value)}.` };
}

function nothing(limit: Limit, variant: string): RunReport["limits"][number] {
  return { ...limit, variant, measured: 0, broken: true, sentence: `${names[limit.measure]}${variant === "" ? "" : `, ${variant}`}: there is a limit, and nothing it could be measured by.` };
}
