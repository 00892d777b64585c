import type { CharRange } from "../../contract/document.ts";
import type { AssembledSource } from "../context/assemble.ts";
import { linesOf, sourceSentences } from "../words/lines.ts";
import { passageAt } from "../context/source-text.ts";
import { fold, rarity, terms, type Term } from "../words/terms.ts";
import { titleOf } from "../write/frame.ts";

/** A sentence of a source, ready to be matched. */
export interface SourceSentence {
  readonly source: AssembledSource;
  /** In the source's text. */
  readonly range: CharRange;
  readonly text: string;
  readonly words: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  /** Words of the title, headings and file name of its passage. */
  readonly headings: ReadonlySet<string>;
  /** Words of the sentences just before it in its paragraph and of the heading above, which its "it" may stand for. */
  readonly before: ReadonlySet<string>;
  readonly negated: boolean;
}

/** Everything a claim may rest on. */
export interface Evidence {
  readonly sentences: readonly SourceSentence[];
  readonly rarityOf: (key: string) => number;
  /** Words that stand with a capital inside a sentence, folded: at the start of a claim, too, they are names. */
  readonly names: ReadonlySet<string>;
  /** false in languages that write every noun with a capital: there a capital is no name. */
  readonly capitalsAreNames: boolean;
}

/** A sentence reaches back this far for what it is about. */
const LOOK_BACK = 2;
const negation = /(?<![\p{L}])(?:not|no|never|none|cannot|without|\p{L}+n['’]t|nicht|kein\p{L}*|nie|niemals|ohne|ne|pas|jamais|aucune?|nunca|ningun\p{L}*)(?![\p{L}])/iu;
const germanWord = /(?<![\p{L}])(?:der|die|das|und|ist|nicht|ein|eine|einen|mit|von|für|auf|dem|den|wird|wurde)(?![\p{L}])/giu;

export function gatherEvidence(sources: readonly AssembledSource[]): Evidence {
  const sentences = sources.flatMap(sentencesOf);
  const text = sources.map((source) => source.text).join(" ");
  return {
    sentences,
    rarityOf: rarity(sentences.map((sentence) => sentence.text)),
    names: new Set(sentences.flatMap((sentence) => terms(sentence.text)).filter((word) => word.kind === "name").map((word) => word.exact)),
    capitalsAreNames: (text.match(germanWord)?.length ?? 0) < 0.06 * text.split(/\s+/).length,
  };
}

export function isNegated(text: string): boolean {
  return negation.test(text);
}

function sentencesOf(source: AssembledSource): SourceSentence[] {
  const ranges = sourceSentences(source.text);
  const lines = linesOf(source.text);
  const lineAt = (offset: number) => lines.findLast((line) => line.start <= offset);
  return ranges.map((range, i) => {
    const text = source.text.slice(range.start, range.end);
    const passage = passageAt(source, range.start);
    const before = ranges.slice(Math.max(0, i - LOOK_BACK), i).filter((other) => lineAt(other.start) === lineAt(range.start));
    return {
      source, range, text, negated: isNegated(text),
      words: keys(terms(text)), names: exacts(text),
      headings: exacts(passage ? [titleOf({ passage }), passage.title ?? "", ...passage.headingPath].join(" ") : ""),
      before: exacts(before.map((other) => source.text.slice(other.start, other.end)).join(" ")),
    };
  });
}

function keys(words: readonly Term[]): ReadonlySet<string> {
  return new Set(words.map((word) => word.key));
}

/** Keys and exact spellings, so that names are found as they are and numbers in plain digits; file names also by their parts. */
function exacts(text: string): ReadonlySet<string> {
  return new Set(terms(text).flatMap((word) => [word.exact, word.key, ...fold(word.word).split("-")]));
}
