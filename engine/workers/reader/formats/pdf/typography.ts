import type { Line } from "./lines.ts";
import type { Paragraph } from "./paragraphs.ts";

export interface Typography {
  /** Heading level of a paragraph by its font size, undefined for running text. */
  level(paragraph: Paragraph): number | undefined;
}

const MAX_LEVELS = 4;
const MAX_HEADING_CHARACTERS = 160;
const LARGER = 1.15;

/** Finds the size of running text (most characters) and ranks the larger ones, largest first. */
export function headingSizes(lines: readonly Line[]): Typography {
  const characters = new Map<number, number>();
  for (const line of lines) characters.set(key(line.size), (characters.get(key(line.size)) ?? 0) + line.text.length);
  const [body] = [...characters].sort((a, b) => b[1] - a[1])[0] ?? [0];
  const larger = rare(characters, [...characters.keys()].filter((size) => size >= body * LARGER).sort((a, b) => b - a));
  // Sizes closer than a tenth are one level: titles are often squeezed to fit.
  const levels: number[] = [];
  for (const size of larger) if (levels.length === 0 || size < (levels.at(-1) ?? 0) * 0.92) levels.push(size);
  return {
    level: (paragraph) => {
      if (key(paragraph.size) < (larger.at(-1) ?? Infinity) || paragraph.lines.some((line) => line.columns > 1) || !looksLikeTitle(paragraph.text)) return undefined;
      const at = levels.findIndex((size) => key(paragraph.size) >= size * 0.92);
      return Math.min(at < 0 ? levels.length : at + 1, MAX_LEVELS);
    },
  };
}

/** Titles are few: the largest sizes that together make up no more than this share of the text. A form has no running text at all. */
const MAX_SHARE = 0.25;

function rare(characters: ReadonlyMap<number, number>, sizes: readonly number[]): number[] {
  const total = [...characters.values()].reduce((a, b) => a + b, 0);
  let sum = 0;
  return sizes.filter((size) => (sum += characters.get(size) ?? 0) <= total * MAX_SHARE);
}

const key = (size: number) => Math.round(size * 2) / 2;

/** Large print that is no title: page numbers, initials, whole sentences of a poster, prices. */
function looksLikeTitle(text: string): boolean {
  return text.length > 1 && text.length <= MAX_HEADING_CHARACTERS && (text.match(/\p{L}/gu)?.length ?? 0) >= 2 && !/[.;,]$/.test(text);
}
