import type { AnswerMode } from "../../contract/answers.ts";
import type { Questionnaire } from "../../contract/questions.ts";
import type { CornerReport, PairReport, ScoreMeasure } from "../../contract/reports.ts";

type Corner = Exclude<AnswerMode, "quotes">;

/** What the rules of the recommendation look at: the corners by their mode, and what the person said. */
export interface Facts {
  readonly asked: Questionnaire | undefined;
  /** The corner without enforced schema, the first of its mode. */
  readonly corner: (mode: Corner) => CornerReport | undefined;
  readonly enforced: (mode: Corner) => CornerReport | undefined;
  readonly score: (mode: Corner, measure: ScoreMeasure) => number | undefined;
  /** Mean of a less b where the test tells them apart; 0 where it does not; undefined where it was not measured. */
  readonly beats: (a: Corner, b: Corner, measure: PairReport["measure"]) => number | undefined;
  readonly pair: (a: Corner, b: Corner, measure: PairReport["measure"]) => PairReport | undefined;
  /** Whether the answers rest on knowledge at all, as far as anybody said. */
  readonly needsFacts: boolean;
  readonly needsForm: boolean;
}

export function factsOf(corners: readonly CornerReport[], pairs: readonly PairReport[], asked: Questionnaire | undefined): Facts {
  const of = (mode: Corner, enforced: boolean) => corners.find((one) => one.mode === mode && one.enforced === enforced && one.answers > 0);
  const corner = (mode: Corner) => of(mode, false);
  const pair = (a: Corner, b: Corner, measure: PairReport["measure"]) => {
    const [first, second] = [corner(a)?.name, corner(b)?.name];
    const found = pairs.find((one) => one.measure === measure && ((one.a === first && one.b === second) || (one.a === second && one.b === first)));
    return found && (found.a === first ? found : turned(found));
  };
  return {
    asked, corner, enforced: (mode) => of(mode, true), score: (mode, measure) => corner(mode)?.scores[measure]?.mean, pair,
    beats: (a, b, measure) => { const found = pair(a, b, measure); return found && (found.told ? found.difference.mean : 0); },
    needsFacts: asked?.changes !== "no-knowledge", needsForm: asked === undefined ? corners.some(({ scores }) => scores.format !== undefined) : asked.format !== "any",
  };
}

function turned({ a, b, onlyA, onlyB, difference: { mean, low, high }, ...rest }: PairReport): PairReport {
  return { ...rest, a: b, b: a, onlyA: onlyB, onlyB: onlyA, difference: { mean: -mean, low: -high, high: -low } };
}
