import type { Questionnaire } from "../../contract/questions.ts";
import { choices, type Choice, type CornerReport, type PairReport, type Recommendation } from "../../contract/reports.ts";
import { factsOf, type Facts } from "./facts.ts";
import { rules } from "./rules.ts";

/** The simplest first: where points are equal, the simpler one is taken. */
const bySimplicity: readonly Choice[] = ["prompt", "documents", "fine-tune", "hybrid"];
const titles: Readonly<Record<Choice, string>> = {
  documents: "Use documents.", "fine-tune": "Use a fine-tune.", hybrid: "Use both: documents for what it says, a fine-tune for how it says it.", prompt: "A better prompt for the base model is enough for now.",
};
const FEW_QUESTIONS = 20;

/** Says what the work needs, with every reason: {@link rules} holds the rules, and each that holds is shown. */
export function recommend(corners: readonly CornerReport[], pairs: readonly PairReport[], asked: Questionnaire | undefined): Recommendation {
  const facts = factsOf(corners, pairs, asked);
  const reasons = rules.filter((rule) => rule.holds(facts)).map(({ rule, from, weight, sentence, ...rest }) => ({ rule, from, weight, for: [...rest.for], against: [...rest.against], sentence: sentence(facts) }));
  const total = pointsOf(reasons);
  const points = bySimplicity.map((choice) => ({ choice, points: total(choice) })).sort((a, b) => b.points - a.points);
  const [best] = points;
  const open = openQuestions(facts, corners);
  if (!best || best.points <= 0) return { choice: "undecided", sure: false, sentence: "This cannot be told yet: neither the measurements nor what was said about the work speak for any of the choices.", reasons, points, open };
  const { choice } = best;
  const agree = (["measured", "asked"] as const).every((from) => leads(choice, reasons.filter((reason) => reason.from === from)));
  const lead = (points[0]?.points ?? 0) - (points[1]?.points ?? 0);
  const close = lead < 1 ? points[1]?.choice : undefined;
  return { choice, sure: agree && lead >= 1, sentence: sentenceOf(choice, { agree, asked: facts.asked !== undefined, close }), reasons, points, open };
}

type Reason = Recommendation["reasons"][number];

function pointsOf(reasons: readonly Reason[]): (choice: Choice) => number {
  const sum = (of: readonly Reason[]) => of.reduce((all, { weight }) => all + weight, 0);
  return (choice) => sum(reasons.filter((reason) => reason.for.includes(choice))) - sum(reasons.filter((reason) => reason.against.includes(choice)));
}

/** No other choice has more points by these reasons alone, and there are some. */
function leads(choice: Choice, reasons: readonly Reason[]): boolean {
  const points = pointsOf(reasons);
  return reasons.length > 0 && choices.every((other) => points(other) <= points(choice));
}

/** `agree`: both what was measured and what was said point there; `asked`: something was said; `close`: a choice that is as good by what is known. */
function sentenceOf(choice: Choice, { agree, asked, close }: { agree: boolean; asked: boolean; close: Choice | undefined }): string {
  const unsettled = agree ? "" : asked ? " This is not settled: what was measured and what was said do not both point there." : " This is not settled: only the measurements have spoken.";
  return `${titles[choice]}${unsettled}${close ? ` ${names[close]} would do nearly as well by what is known.` : ""}`;
}

const names: Readonly<Record<Choice, string>> = { documents: "Documents alone", "fine-tune": "A fine-tune alone", hybrid: "Both together", prompt: "A better prompt" };

/** What the numbers leave open, of that which the choice hangs on. */
function openQuestions(facts: Facts, corners: readonly CornerReport[]): string[] {
  const open: string[] = [];
  const most = Math.max(0, ...corners.map(({ answers }) => answers));
  if (!facts.asked) open.push("The questions about the work are not answered: how often its knowledge changes, whether citations or a format are needed, how fast it must be, and how many examples there are.");
  if (most < FEW_QUESTIONS) open.push(`${most === 1 ? "1 question is" : `${most} questions are`} few: intervals are wide, and only large differences can be seen.`);
  for (const mode of ["base", "documents", "fine-tune", "hybrid"] as const) if (!facts.corner(mode)) open.push(`The corner ${mode} was not measured.`);
  const hinges = [["documents", "base", "fact"], ["hybrid", "documents", "fact"], ["fine-tune", "base", "format"], ["hybrid", "documents", "format"]] as const;
  for (const [a, b, measure] of hinges) {
    const pair = (measure === "fact" ? facts.needsFacts : facts.needsForm) ? facts.pair(a, b, measure) : undefined;
    if (pair && !pair.told) open.push(notTold(pair));
  }
  return open;
}

/** "−8 points" of a share, "+33 ms" of a time. */
export function differenceWords(measure: PairReport["measure"], mean: number): string {
  const size = Math.round(Math.abs(measure === "totalMs" ? mean : mean * 100));
  return `${size === 0 ? "" : mean < 0 ? "−" : "+"}${size} ${measure === "totalMs" ? "ms" : size === 1 ? "point" : "points"}`;
}

export function notTold({ a, b, measure, difference, more, holm }: PairReport): string {
  const what = { correct: "right answers", fact: "facts", format: "format", tokenF1: "token F1", totalMs: "time" }[measure];
  if (more === undefined) return `${a} and ${b} do not differ in ${what}.`;
  const by = differenceWords(measure, difference.mean);
  return `${a} and ${b} cannot be told apart in ${what} (difference ${by}, p ${holm < 0.001 ? "< 0.001" : `= ${holm.toFixed(2)}`}): if the difference is real, it would take about ${more} more question${more === 1 ? "" : "s"} to see it.`;
}
