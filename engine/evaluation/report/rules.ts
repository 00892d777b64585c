import type { Choice } from "../../contract/reports.ts";
import type { Facts } from "./facts.ts";

/**
 * What speaks for and against each choice, as the field has it: knowledge, above all knowledge that changes or must be cited, belongs into documents;
 * form and tone into a fine-tune; who needs both takes both; and what a prompt can do, needs neither. A rule that holds gives its weight to
 * those it is for and takes it from those it is against. Measurements weigh most where a test tells the corners apart, and nothing where it does not.
 */
export interface Rule {
  readonly rule: string;
  readonly from: "measured" | "asked";
  readonly holds: (facts: Facts) => boolean;
  readonly for: readonly Choice[];
  readonly against: readonly Choice[];
  readonly weight: number;
  readonly sentence: (facts: Facts) => string;
}

const share = (value: number | undefined): string => `${Math.round((value ?? 0) * 100)} %`;
const well = (gain: number | undefined): boolean => (gain ?? 0) > 0;
const badly = (gain: number | undefined): boolean => (gain ?? 0) < 0;
/** From here on a share counts as good, and below as next to nothing. */
const GOOD = 0.9;
const NOTHING = 0.1;
/** Fewer examples than this teach no form reliably; the number providers of fine-tuning name as the least is 50 to 100. */
const FEW_EXAMPLES = 50;
const INSTANT_MS = 1000;
const SECONDS_MS = 10_000;

const asked: readonly Rule[] = [
  { rule: "changing-knowledge", from: "asked", weight: 2, for: ["documents", "hybrid"], against: ["fine-tune"], holds: ({ asked }) => asked?.changes === "daily" || asked?.changes === "monthly", sentence: ({ asked }) => `What the answers rest on changes ${asked?.changes === "daily" ? "every day" : "every month"}: a changed document is read at once, a fine-tune would have to be trained again.` },
  { rule: "lasting-knowledge", from: "asked", weight: 1, for: ["documents", "hybrid"], against: [], holds: ({ asked }) => asked?.changes === "yearly" || asked?.changes === "never", sentence: () => "The answers rest on knowledge of your own, even if it hardly changes: that is kept in documents, not trained." },
  { rule: "no-knowledge", from: "asked", weight: 2, for: ["fine-tune", "prompt"], against: ["documents", "hybrid"], holds: ({ asked }) => asked?.changes === "no-knowledge", sentence: () => "The answers rest on no knowledge of your own, so there is nothing for documents to bring." },
  { rule: "must-cite", from: "asked", weight: 3, for: ["documents", "hybrid"], against: ["fine-tune", "prompt"], holds: ({ asked }) => asked?.citations === "required", sentence: () => "Answers must say where it is written, and only documents can be cited." },
  { rule: "may-cite", from: "asked", weight: 1, for: ["documents", "hybrid"], against: [], holds: ({ asked }) => asked?.citations === "helpful", sentence: () => "Citations would help, and documents bring them." },
  { rule: "fixed-format", from: "asked", weight: 2, for: ["fine-tune", "hybrid"], against: [], holds: ({ asked }) => asked?.format === "fixed", sentence: () => "A fixed format is asked for: form is what a fine-tune learns." },
  { rule: "own-tone", from: "asked", weight: 2, for: ["fine-tune", "hybrid"], against: [], holds: ({ asked }) => asked?.format === "tone", sentence: () => "A tone of its own is asked for: tone is what a fine-tune learns, and what a prompt holds only for a while." },
  { rule: "any-form", from: "asked", weight: 2, for: ["documents", "prompt"], against: [], holds: ({ asked }) => asked?.format === "any", sentence: () => "No form is asked for, and form is what a fine-tune would bring." },
  { rule: "instant", from: "asked", weight: 1, for: ["fine-tune", "prompt"], against: ["documents", "hybrid"], holds: ({ asked }) => asked?.speed === "instant", sentence: () => "The first word must come at once, and sources must be read before it." },
  { rule: "few-examples", from: "asked", weight: 3, for: [], against: ["fine-tune", "hybrid"], holds: ({ asked, corner }) => asked !== undefined && asked.examples < FEW_EXAMPLES && !corner("fine-tune") && !corner("hybrid"), sentence: ({ asked }) => `${asked?.examples ?? 0} examples are too few to train on: ${FEW_EXAMPLES} to 100 good ones are the least, and there is no fine-tune yet.` },
];

const measured: readonly Rule[] = [
  { rule: "documents-bring-facts", from: "measured", weight: 3, for: ["documents", "hybrid"], against: ["prompt"], holds: (f) => f.needsFacts && well(f.beats("documents", "base", "fact")), sentence: (f) => `With documents ${share(f.score("documents", "fact"))} of the facts are right, without ${share(f.score("base", "fact"))}.` },
  { rule: "documents-bring-nothing", from: "measured", weight: 2, for: ["prompt", "fine-tune"], against: ["documents", "hybrid"], holds: (f) => f.needsFacts && badly(f.beats("documents", "base", "fact")), sentence: (f) => `With documents fewer facts are right (${share(f.score("documents", "fact"))}) than without (${share(f.score("base", "fact"))}): the right passages are not found, or the model cannot read them.` },
  { rule: "fine-tune-without-facts", from: "measured", weight: 3, for: [], against: ["fine-tune"], holds: (f) => f.needsFacts && well(f.beats("documents", "fine-tune", "fact")), sentence: (f) => `The fine-tune alone has ${share(f.score("fine-tune", "fact"))} of the facts: it learnt a form, not knowledge.` },
  { rule: "fine-tune-brings-facts", from: "measured", weight: 2, for: ["fine-tune"], against: [], holds: (f) => f.needsFacts && well(f.beats("fine-tune", "base", "fact")), sentence: (f) => `The fine-tune alone knows more (${share(f.score("fine-tune", "fact"))}) than the base (${share(f.score("base", "fact"))}).` },
  { rule: "hybrid-knows-more", from: "measured", weight: 2, for: ["hybrid"], against: [], holds: (f) => f.needsFacts && well(f.beats("hybrid", "documents", "fact")), sentence: (f) => `With the fine-tune on top more facts are right (${share(f.score("hybrid", "fact"))}) than with documents alone (${share(f.score("documents", "fact"))}).` },
  { rule: "hybrid-loses-facts", from: "measured", weight: 2, for: ["documents"], against: ["hybrid"], holds: (f) => f.needsFacts && badly(f.beats("hybrid", "documents", "fact")), sentence: (f) => `The fine-tune on top costs facts: ${share(f.score("hybrid", "fact"))} are right instead of ${share(f.score("documents", "fact"))}.` },
  { rule: "fine-tune-brings-format", from: "measured", weight: 3, for: ["fine-tune", "hybrid"], against: [], holds: (f) => f.needsForm && (well(f.beats("fine-tune", "base", "format")) || well(f.beats("hybrid", "documents", "format"))), sentence: (f) => { const [tuned, plain] = well(f.beats("fine-tune", "base", "format")) ? (["fine-tune", "base"] as const) : (["hybrid", "documents"] as const); return `The fine-tune keeps the format in ${share(f.score(tuned, "format"))} of its answers, the base in ${share(f.score(plain, "format"))}.`; } },
  { rule: "grammar-brings-format", from: "measured", weight: 2, for: ["documents", "prompt"], against: [], holds: (f) => f.needsForm && byGrammar(f) !== undefined, sentence: (f) => `A grammar that enforces the schema does it without a fine-tune: ${share(byGrammar(f)?.scores.format?.mean)} of the answers follow it${tunedRight(f) === undefined ? "" : ", and as many are right as with one"}.` },
  { rule: "base-is-enough", from: "measured", weight: 4, for: ["prompt"], against: [], holds: (f) => (f.score("base", "correct") ?? 0) >= GOOD && !(["documents", "fine-tune", "hybrid"] as const).some((mode) => well(f.beats(mode, "base", "correct"))), sentence: (f) => `The base model alone answers ${share(f.score("base", "correct"))} rightly, and nothing does better.` },
  { rule: "nothing-works", from: "measured", weight: 1, for: ["prompt"], against: [], holds: (f) => f.score("base", "correct") !== undefined && (["base", "documents", "fine-tune", "hybrid"] as const).every((mode) => (f.score(mode, "correct") ?? 0) <= NOTHING), sentence: () => "No corner answers more than one question in ten rightly: look at the model, the prompt and the questions first." },
  { rule: "slow-sources", from: "measured", weight: 1, for: ["fine-tune", "prompt"], against: ["documents", "hybrid"], holds: ({ asked, corner }) => slow(asked?.speed, corner("documents")?.firstTokenMs.p95), sentence: ({ corner }) => `With documents the first word takes up to ${((corner("documents")?.firstTokenMs.p95 ?? 0) / 1000).toFixed(1)} seconds here.` },
];

/** The corner without a fine-tune whose enforced answers are as good as those with one, where there is one. */
function byGrammar(f: Facts): ReturnType<Facts["enforced"]> {
  return [f.enforced("documents"), f.enforced("base")].find((one) => (one?.scores.format?.mean ?? 0) >= GOOD && (one?.scores.correct?.mean ?? 0) >= (tunedRight(f) ?? 0));
}

const tunedRight = (f: Facts): number | undefined => f.score("hybrid", "correct") ?? f.score("fine-tune", "correct");

function slow(speed: string | undefined, ms: number | undefined): boolean {
  return ms !== undefined && ((speed === "instant" && ms > INSTANT_MS) || (speed === "seconds" && ms > SECONDS_MS));
}

export const rules: readonly Rule[] = [...asked, ...measured];
