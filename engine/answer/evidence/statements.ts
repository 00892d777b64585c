import { sentenceRanges } from "../../base/sentences.ts";
import type { CharRange } from "../../contract/document.ts";
import { jsonStatements } from "../write/json-answer.ts";
import { blankMarkers, markers } from "./markers.ts";
import { terms } from "../words/terms.ts";

/** A sentence of an answer, ready to be matched with evidence. */
export interface Statement {
  /** In the answer's text. */
  readonly range: CharRange;
  /** As a person reads it. */
  readonly text: string;
  /** What is matched: without citation marks and list signs. */
  readonly content: string;
  /** false for headings, greetings, questions, "I don't know". */
  readonly claim: boolean;
  /** Source numbers the model wrote into it, or in JSON beside it. */
  readonly marked: readonly number[];
}

const codeFence = /^(```|~~~)[^\n]*\n[\s\S]*?(?:^\1[^\n]*$|(?![\s\S]))/gm;
const listSign = /^\s*(?:(?:[-*+•>#|]|\d{1,3}[.)])\s+)+/u;
const heading = /^\s*#{1,6}\s/;
const refusals = [
  /\b(?:don['’]t|do not|cannot|can['’]t|could not|couldn['’]t|unable to) (?:know|find|answer|tell|say)\b/i,
  /\b(?:sources?|documents?|excerpts?|passages?|context|text)\b.{0,40}\b(?:do(?:es)? not|don['’]t|doesn['’]t|no(?:t|thing|where)?)\b.{0,30}\b(?:contain|say|mention|state|provide|include|answer|information|specify|hold)/i,
  /\b(?:not|nothing|no information).{0,40}\b(?:in|from) (?:the|these|any|your|my) (?:\w+ )?(?:sources?|documents?|excerpts?|passages?)\b/i,
  /\bI (?:do not|don['’]t|did not|didn['’]t) have (?:\w+ ){0,3}(?:information|data|details|context|knowledge|records?)\b|\bI(?:['’]m| am) not (?:aware|sure|certain|able)\b/i,
  /^(?:(?:sorry|unfortunately)\W+)?(?:there (?:is|are|was|were) )?(?:no|not enough|insufficient) (?:\w+ )?(?:information|details|mention)\b/i,
  /^(?:unknown|unclear|n\/a|not (?:known|specified|stated|mentioned|given|available|found|provided))\W*$/i,
  /(?:weiß (?:ich|es) nicht|weiß nicht|nicht hervor|Quellen? (?:enthalten|sagen|nennen) (?:das |dazu |darüber )?(?:nicht|nichts|keine)|keine (?:Angabe|Information)|je ne sais pas|je n['’]ai pas (?:trouvé|d['’]information)|ne (?:contien\w+|précis\w+) pas|no lo sé|no (?:tengo|hay|dispongo de) información|no (?:contien\w+|mencion\w+))/i,
];
const courtesy = /^(?:hello|hi|hey|good (?:morning|evening|afternoon)|thanks?|thank you|you['’]?(?: a|')re welcome|sure|certainly|of course|here (?:is|are)|let me know|i hope|hallo|guten|danke|gerne|bonjour|merci|hola|gracias)\b/i;

/** The sentences of an answer in order. Code blocks are no sentences; the text values of a JSON answer are. */
export function statements(answer: string): Statement[] {
  const json = jsonStatements(answer);
  if (json) return json.map(({ range, text, sources }) => {
    const content = blankMarkers(text).trim();
    return { range, text, content, claim: isClaim(text, content), marked: [...new Set([...sources, ...numbersIn(text)])] };
  });
  const readable = answer.replace(codeFence, (block) => block.replace(/[^\n]/g, " "));
  return attachLoneMarkers(sentenceRanges(readable), answer).map((range) => toStatement(range, answer));
}

/** "[2]" on its own belongs to the sentence before it. */
function attachLoneMarkers(ranges: readonly CharRange[], answer: string): CharRange[] {
  const kept: CharRange[] = [];
  for (const range of ranges) {
    const text = answer.slice(range.start, range.end);
    const last = kept.at(-1);
    const alone = !/[\p{L}\p{N}]/u.test(blankMarkers(text));
    if (!alone) kept.push(range);
    else if (last && markers(text).length > 0) kept[kept.length - 1] = { start: last.start, end: range.end };
  }
  return kept;
}

function toStatement(range: CharRange, answer: string): Statement {
  const text = answer.slice(range.start, range.end);
  const content = blankMarkers(text).replace(listSign, "").trim();
  return { range, text, content, claim: isClaim(text, content), marked: [...new Set(numbersIn(text))] };
}

const numbersIn = (text: string): number[] => markers(text).flatMap(({ numbers }) => [...numbers]);

function isClaim(text: string, content: string): boolean {
  if (heading.test(text) || /[:?？]\s*[*_]*$/u.test(content)) return false;
  const words = terms(content);
  if (words.length === 0 || refusals.some((refusal) => refusal.test(content))) return false;
  return !(courtesy.test(content) && words.length <= 6 && words.every((word) => word.kind === "word"));
}
