import { isStopWord } from "./stop-words.ts";

/** A word of a text as matching sees it. */
export interface Term {
  /** Folded and stemmed: what two texts are compared by. Numbers are in plain digits. */
  readonly key: string;
  /** Folded only: what names are compared by. */
  readonly exact: string;
  /** As it stands in the text. */
  readonly word: string;
  /** Offset of the word in the text, UTF-16 code units. */
  readonly start: number;
  readonly kind: "number" | "name" | "word";
}

// Numbers with their separators, codes such as YF-009 or COVID-19, and words with inner apostrophes, in that order.
const wordPattern = /\p{Nd}+(?:[.,'’\u00a0\u202f]\p{Nd}+)*|[\p{L}\p{M}\p{Nd}]+(?:['’-][\p{L}\p{M}\p{Nd}]+)*/gu;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The words of a text without stop words, in order, duplicates kept. */
export function terms(text: string): Term[] {
  return wordsOf(text, (word) => !isStopWord(word.toLowerCase()));
}

/** Every word of a text in order, stop words included. */
export function allWords(text: string): Term[] {
  return wordsOf(text, () => true);
}

/** `wanted` is asked before a word is folded and stemmed: every other one is a stop word. */
function wordsOf(text: string, wanted: (word: string) => boolean): Term[] {
  const found: Term[] = [];
  for (const match of text.matchAll(wordPattern)) {
    const word = match[0];
    if (unspaced.test(word)) found.push(...segmented(word, match.index).filter((term) => wanted(term.word)));
    else if (wanted(word)) found.push(termOf(word, text, match.index));
  }
  return found;
}

/** Scripts without spaces are cut by the platform's dictionary. */
function segmented(run: string, start: number): Term[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
  return [...segmenter.segment(run)]
    .filter((part) => part.isWordLike)
    .map((part) => ({ key: fold(part.segment), exact: fold(part.segment), word: part.segment, start: start + part.index, kind: "word" }));
}

function termOf(word: string, text: string, start: number): Term {
  const exact = fold(word).replace(/'s?$/, "");
  return { key: keyOf(exact), exact, word, start, kind: kindOf(word, text, start) };
}

const lowerCase = /^[a-z]+$/;

function kindOf(word: string, text: string, start: number): Term["kind"] {
  if (lowerCase.test(word)) return "word";
  if (/\p{Nd}/u.test(word)) return "number";
  if (!/^\p{Lu}/u.test(word)) return "word";
  return startsSentence(text, start) && !/\p{Lu}.*\p{Lu}/u.test(word) ? "word" : "name";
}

/** A capital there says nothing about the word: first in the text, or after an end mark, a line break, a bullet. */
function startsSentence(text: string, start: number): boolean {
  return /(?:^|[.!?:;…]["'”’)\]]*\s+|[\n\r]\s*(?:[-*#>]+\s*)?|^[\s"'“‘(*#>-]+)$/u.test(text.slice(Math.max(0, start - 12), start));
}

// Most words: there is nothing to take off.
const ascii = /^[\x20-\x7e]*$/;

/** Lower case without accents; what stands for the same letter looks the same. */
export function fold(word: string): string {
  if (ascii.test(word)) return word.toLowerCase();
  return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/[’]/g, "'");
}

function keyOf(folded: string): string {
  if (lowerCase.test(folded) || !/\p{Nd}/u.test(folded)) return stem(folded);
  return /\p{L}/u.test(folded) ? folded : plainNumber(folded);
}

/** 1,200 and 1'200 and 1.200 are 1200; 3.5 and 3,5 are 3.5; 2.50 is 2.5. */
function plainNumber(text: string): string {
  const grouped = text.replace(/[.,'\s](?=\d{3}(?:\D|$))/g, "");
  const plain = grouped.replace(/,/g, ".").replace(/\s/g, "");
  return /^\d+\.\d+$/.test(plain) ? plain.replace(/\.?0+$/, "") : plain;
}

const endings = ["ations", "ation", "ments", "ment", "ingly", "ings", "ing", "edly", "ies", "ied", "ed", "es", "ers", "er", "en", "ly", "s", "e", "n"];
/** By their last letter: most words need not be held against most endings. */
const endingsBy = new Map([...new Set(endings.map((ending) => ending.slice(-1)))].map((last) => [last, endings.filter((ending) => ending.endsWith(last))]));

/** Cuts common endings, so that headed, heads and head meet. Coarser than a stemmer for search: both sides are cut alike. */
function stem(word: string): string {
  for (const ending of endingsBy.get(word.slice(-1)) ?? []) {
    if (word.endsWith(ending) && word.length - ending.length >= 4) return undouble(word.slice(0, -ending.length));
  }
  return word;
}

function undouble(word: string): string {
  return word.length > 4 && word.at(-1) === word.at(-2) && !/[lsz]$/.test(word) ? word.slice(0, -1) : word;
}

/** How much a word tells: rare among `texts` is much, absent there is most. Never below 0.2, so that no word counts for nothing. */
export function rarity(texts: readonly string[]): (key: string) => number {
  return rarityAmong(texts.map(terms));
}

/** As {@link rarity}, over texts whose words are known already; `asked`: the keys it will be asked for, where they are few. */
export function rarityAmong(texts: readonly (readonly Term[])[], asked?: Iterable<string>): (key: string) => number {
  const wanted = asked && new Set(asked);
  const seenIn = new Map<string, number>();
  for (const words of texts) {
    const here = new Set<string>();
    for (const { key } of words) if (!wanted || wanted.has(key)) here.add(key);
    for (const key of here) seenIn.set(key, (seenIn.get(key) ?? 0) + 1);
  }
  const most = Math.log(1 + texts.length);
  return (key) => Math.max(0.2, most === 0 ? 1 : Math.log((1 + texts.length) / (1 + (seenIn.get(key) ?? 0))) / most);
}

/** What a sentence takes from the one before it: its "it" and "they" often stand for words there. */
const BEFORE_WEIGHT = 0.5;

/**
 * A way to score texts by the share of the question's words they hold, weighed by rarity among `texts`: 0..1. Words that only `before` holds count half;
 * names and numbers of the question count `subjectWeight` times.
 */
export function wordScorer(question: string, texts: readonly string[], subjectWeight = 1): (text: string, before?: string) => number {
  const weigh = rarity(texts);
  const asked = new Map(terms(question).map((term) => [term.key, weigh(term.key) * (term.kind === "word" ? 1 : subjectWeight)]));
  const total = [...asked.values()].reduce((sum, weight) => sum + weight, 0);
  const keysOf = (text: string) => new Set(terms(text).map((term) => term.key));
  return (text, before = "") => {
    const [there, earlier] = [keysOf(text), keysOf(before)];
    const held = (key: string) => (there.has(key) ? 1 : earlier.has(key) ? BEFORE_WEIGHT : 0);
    return total === 0 ? 0 : [...asked].reduce((sum, [key, weight]) => sum + held(key) * weight, 0) / total;
  };
}
