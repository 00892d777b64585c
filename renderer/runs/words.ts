import type { Figure, LimitMeasure, Recommendation, ScoreMeasure } from "../../engine/contract/index.ts";
import { milliseconds } from "../app/words.ts";

/** What a score is called, and what it says: shown as the tooltip of its column. */
export const scoreWords: Readonly<Record<ScoreMeasure, readonly [name: string, says: string]>> = {
  correct: ["Right", "Content and format are as the question asks for them."],
  fact: ["Fact", "One of the expected answers is there, in words or as a number."],
  format: ["Format", "The answer follows the JSON schema and the pattern, where either is asked for."],
  exact: ["Exact", "The answer is nothing but an expected one."],
  tokenF1: ["Words shared", "Token F1 with the closest expected answer."],
  similarity: ["Meaning", "Cosine with the closest expected answer, by the embedder."],
  recall: ["Source found", "An expected passage is among the sources."],
  precision: ["Sources right", "Share of the sources that hold what was expected."],
  citation: ["Cited right", "A cited passage holds the expected words."],
  marked: ["Marked right", "The model itself wrote the number of such a passage."],
  mismarked: ["Marked wrong", "The model itself wrote the number of no source it was given, or of one that says nothing of it while another does; low is good."],
  faithfulness: ["Supported", "Share of the claims that the sources support."],
  refusal: ["Refused rightly", "Says that it does not know, where nothing answers the question."],
  answered: ["Did answer", "Does not say that it does not know, where something answers the question."],
  repetition: ["Repetition", "Share of the runs of four words that were there before; low is good."],
};

export const limitWords: Readonly<Record<LimitMeasure, string>> = {
  correct: "Right, at least (%)", fact: "Fact, at least (%)", format: "Format, at least (%)", citation: "Cited right, at least (%)", faithfulness: "Supported, at least (%)", refusal: "Refused rightly, at least (%)",
  p95Ms: "Slowest 5 %, at most (ms)", p95FirstTokenMs: "First word of the slowest 5 %, at most (ms)",
};

export const choiceWords: Readonly<Record<Recommendation["choice"], string>> = { undecided: "Not decided yet", documents: "Documents", "fine-tune": "Fine-tune", hybrid: "Hybrid", prompt: "A better prompt" };

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
export const interval = ({ low, high }: Pick<Figure, "low" | "high">): string => `${Math.round(low * 100)}–${Math.round(high * 100)}`;
export const signed = (value: number, digits = 0): string => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value).toFixed(digits)}`;
/** A difference of times, milliseconds. */
export const signedTime = (ms: number): string => `${ms > 0 ? "+" : ms < 0 ? "−" : "±"}${milliseconds(Math.abs(ms))}`;
/** p as it is printed: never 0. */
export const pValue = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));
