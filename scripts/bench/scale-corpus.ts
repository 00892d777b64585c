import { sha256 } from "../../engine/base/hash.ts";
import { mulberry32 } from "../../engine/base/random.ts";
import { dot } from "../../engine/base/vectors.ts";
import { isStopWord } from "../../engine/answer/words/stop-words.ts";
import type { DocumentWithPassages } from "../../engine/knowledge/store.ts";

export const DIMENSIONS = 384;
export const PASSAGES_PER_DOCUMENT = 20;
/** Words of a passage of about 128 tokens. */
const WORDS_PER_PASSAGE = 90;
const VOCABULARY = 200_000;
/** The most frequent words: English ones that search leaves out, as in English text. */
const FREQUENT = "the of and to in a is that for it was on are as with be by this at or from have an not which but all".split(" ").filter(isStopWord);
const CENTRES = 2000;
/** Length of what a vector differs from its centre by, the centre having length 1: cosines within a cluster of about .5, as related passages have. */
const SPREAD = 1;

/** Generated passages: words by Zipf's law whose most frequent ones are English stop words, vectors in clusters. Any document follows from its number alone. */
export class ScaleCorpus {
  private readonly words: readonly string[] = vocabulary();
  /** Cumulative share of the words up to each rank, frequency ∝ 1 / rank. */
  private readonly upTo: Float64Array = cumulative(VOCABULARY);
  private readonly centres: readonly Float32Array[];

  constructor() {
    const next = mulberry32(1);
    this.centres = Array.from({ length: CENTRES }, () => normalised(gaussian(next)));
  }

  document(number: number): DocumentWithPassages {
    const next = mulberry32(1000 + number);
    const id = `d${number}`;
    let start = 0;
    const passages = Array.from({ length: PASSAGES_PER_DOCUMENT }, (_, position) => {
      const text = `${Array.from({ length: WORDS_PER_PASSAGE }, () => this.word(next())).join(" ")}.`;
      const passage = { position, start, end: start + text.length, headingPath: [], text, textHash: sha256(text), vector: this.vector(next) };
      start = passage.end + 1;
      return passage;
    });
    return { document: { id, collectionId: "scale", path: `/scale/${id}.md`, format: "markdown", contentHash: id, tags: [], language: "en" }, passages };
  }

  /** A question: two frequent words and four others of one passage, and a vector near that passage's. */
  question(number: number, documents: number): { text: string; vector: Float32Array } {
    const next = mulberry32(7_000_000 + number);
    const { passages } = this.document(Math.floor(next() * documents));
    const passage = passages[Math.floor(next() * passages.length)];
    if (!passage) throw new Error("A document without passages");
    const telling = passage.text.slice(0, -1).split(" ").filter((word) => !isStopWord(word));
    const asked = Array.from({ length: 4 }, () => telling[Math.floor(next() * telling.length)]);
    const noise = normalised(gaussian(next));
    return { text: `what is the ${asked.join(" ")}?`, vector: normalised(passage.vector.map((value, i) => value + 0.5 * (noise[i] ?? 0))) };
  }

  private word(share: number): string {
    let low = 0;
    for (let high = this.upTo.length - 1; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.upTo[middle] ?? 1) < share) low = middle + 1;
      else high = middle;
    }
    return this.words[low] ?? "word";
  }

  private vector(next: () => number): Float32Array {
    const centre = this.centres[Math.floor(next() * CENTRES)];
    const noise = normalised(gaussian(next));
    return normalised(noise.map((value, i) => SPREAD * value + (centre?.[i] ?? 0)));
  }
}

function vocabulary(): string[] {
  const syllables = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi", "yo", "zu"];
  const spelt = (rank: number): string => (syllables[rank % 20] ?? "") + (rank >= 20 ? spelt(Math.floor(rank / 20)) : "");
  return [...FREQUENT, ...Array.from({ length: VOCABULARY - FREQUENT.length }, (_, i) => `${spelt(i + 400)}k`)];
}

function cumulative(ranks: number): Float64Array {
  const sums = new Float64Array(ranks);
  let sum = 0;
  for (let i = 0; i < ranks; i++) sums[i] = sum += 1 / (i + 1);
  return sums.map((value) => value / sum);
}

/** Normally distributed coordinates (Box and Muller). */
function gaussian(next: () => number): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}
