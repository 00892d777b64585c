import type { AssistantMessage, Message } from "../../contract/answers.ts";
import { subjects, unique } from "./subjects.ts";
import { allWords, terms } from "../words/terms.ts";

export interface Condensed {
  /** What is searched for. Begins with the question's own words, always. */
  readonly text: string;
  readonly how: "as-is" | "rules" | "model";
}

/** What the rules make of a question. */
export interface ByRule extends Condensed {
  /** The turn before, where the question points back and the rules cannot tell to what: nothing was named there, or several things were. */
  readonly unsure?: Turn;
}

/** Words that stand for someone or something named before, for the languages of {@link isStopWord}. */
const standIns = new Set((
  "it its itself they them their theirs he him his she her hers " +
  "er ihn ihm sie ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner deren dessen " +
  "il elle ils elles lui leur leurs son sa ses él ella ellos ellas su sus"
).split(" "));

/** Words that may point back, and count only where the question names nothing itself. */
const pointers = new Set((
  "this that these those there one ones such former latter same dies diese dieser dieses diesem diesen dort davon dazu dafür darin damit " +
  "ce cet cette ces cela ça esto eso ese esa este esta ello allí"
).split(" "));

/** Openings of a question that goes on with the last one. */
const goingOn = /^\s*(?:and|but|so|or|also|what about|how about|what else|why|und|aber|oder|auch|was ist mit|wie (?:sieht|steht) es|warum|et|mais|ou|pourquoi|y|pero|o|por qué)(?![\p{L}\p{M}])/iu;

/** At most this many carried words, so that the question keeps its weight against its past. */
const CARRIED = 8;
const SHORT = 3;

/**
 * A follow-up becomes a question that stands alone, by rules: the question's own words, and behind them what it is about, carried over
 * from the turn before. Rules cost nothing and lose nothing, and a question with a subject of its own stays as it is; where they are unsure, they
 * say so, and {@link rewrite} may ask the model.
 * @param path the messages before the question, oldest first
 */
export function condense(question: string, path: readonly Message[]): ByRule {
  const before = lastTurn(path);
  if (!before) return { text: question, how: "as-is" };
  const { carried, unsure } = carriedOver(question, before);
  return { ...completed(question, carried, "rules"), ...(unsure ? { unsure: before } : {}) };
}

/** The question with what it left out behind it. */
export function completed(question: string, carried: readonly string[], how: "rules" | "model"): Condensed {
  return carried.length === 0 ? { text: question, how: "as-is" } : { text: `${question} (${carried.join(", ")})`, how };
}

/** A question, as it was searched for, and its answer. */
export interface Turn { readonly question: string; readonly answer: AssistantMessage }

/** The question before with its answer; its question as it was searched for, which holds what that one had carried over itself. */
function lastTurn(path: readonly Message[]): Turn | undefined {
  const answer = path.findLast((message) => message.role === "assistant");
  if (answer?.role !== "assistant") return undefined;
  const asked = path.find((message) => message.id === answer.parentId);
  return asked ? { question: answer.trace.condensed?.text ?? asked.text, answer } : undefined;
}

interface Carried { readonly carried: string[]; readonly unsure: boolean }

function carriedOver(question: string, before: Turn): Carried {
  const own = subjects(question);
  const topic = topicOf(before);
  const pointsBack = hasStandIn(question, own) || (own.length === 0 && (mentions(question, pointers) || goingOn.test(question) || isShort(question)));
  if (pointsBack) {
    const carried = topic.length > 0 ? topic.filter((subject) => !question.includes(subject)) : words(before.question, question);
    return { carried, unsure: topic.length === 0 || carried.length > 1 };
  }
  // "What about Krasil?" asks the last question of another subject: its words without its subject.
  if (own.length > 0 && isShort(question) && goingOn.test(question)) return { carried: words(without(before.question, topic), question), unsure: false };
  return { carried: [], unsure: false };
}

/** What the turn before was about: the subjects of its question, else those of the sentences it cited first. */
function topicOf(before: Turn): string[] {
  const asked = subjects(before.question);
  if (asked.length > 0) return asked.slice(0, CARRIED);
  const cited = before.answer.sentences.flatMap((sentence) => sentence.citations).slice(0, 2);
  return unique(cited.flatMap((citation) => subjects(citation.text))).slice(0, 3);
}

/** "What did Marie Curie say about her work?" stands alone: what her stands for is named before it. */
function hasStandIn(question: string, own: readonly string[]): boolean {
  const standIn = allWords(question).find((word) => standIns.has(word.word.toLowerCase()));
  return standIn !== undefined && !own.some((subject) => question.indexOf(subject) < standIn.start);
}

function mentions(question: string, among: ReadonlySet<string>): boolean {
  return allWords(question).some((word) => among.has(word.word.toLowerCase()));
}

function isShort(question: string): boolean {
  return terms(question).length <= SHORT;
}

/** Words of `from` that tell something and are not in the question already. */
function words(from: string, question: string): string[] {
  const there = new Set(terms(question).map((term) => term.key));
  return unique(terms(from).filter((term) => !there.has(term.key)).map((term) => term.word)).slice(0, CARRIED);
}

function without(text: string, parts: readonly string[]): string {
  return parts.reduce((rest, part) => rest.replace(part, " "), text);
}
