import { isStopWord } from "../words/stop-words.ts";
import { allWords, type Term } from "../words/terms.ts";

const joining = /^(?:[ \u00a0]|[ \u00a0]?[-–&'’.][ \u00a0]?)$/u;

/**
 * What a text is about, as far as its spelling shows: names (capitalised words side by side), codes, and what stands in quotation
 * marks, each as it stands in the text. Works on questions, where a capital inside the sentence is a name in most languages.
 */
export function subjects(text: string): string[] {
  const quoted = [...text.matchAll(/["“„«]([^"”“»]{2,80})["”“»]/gu)].map((match) => match[1] ?? "");
  return unique([...quoted, ...names(text)]);
}

function names(text: string): string[] {
  const found: { words: Term[] }[] = [];
  let previous: Term | undefined;
  for (const word of allWords(text)) {
    const last = found.at(-1);
    const gap = previous ? text.slice(previous.start + previous.word.length, word.start) : "";
    const continues = last !== undefined && previous === last.words.at(-1) && joining.test(gap);
    if (isNameLike(word) && continues) last.words.push(word);
    else if (isNameLike(word)) found.push({ words: [word] });
    previous = word;
  }
  return found.filter(({ words }) => words.some((word) => word.kind !== "word") && !words.every(isPlainNumber)).map(({ words }) => spelt(text, words));
}

/** A capitalised first word joins a name it stands in front of ("Survey Sordan meets…"), unless it is a question word. */
function isNameLike(word: Term): boolean {
  return /^[\p{Lu}\p{Nd}]/u.test(word.word) && !isStopWord(word.word.toLowerCase());
}

function isPlainNumber(word: Term): boolean {
  return word.kind === "number" && !/\p{L}/u.test(word.word);
}

function spelt(text: string, words: readonly Term[]): string {
  const first = words[0];
  const last = words.at(-1);
  return first && last ? text.slice(first.start, last.start + last.word.length) : "";
}

export function unique(values: readonly string[]): string[] {
  const seen = new Map(values.map((value) => [value.toLowerCase(), value]));
  return [...seen.values()];
}
