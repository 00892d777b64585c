import type { CharRange } from "../../contract/document.ts";

/** Citation marks as models write them: [1], [1, 2], [1][2], [source 3], 【1】. A backslash in front makes it plain text. */
const markerPattern = /(?<!\\)[[【](?:sources?\s*)?(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)[\]】](?!\()/giu;

export interface Marker {
  readonly range: CharRange;
  readonly numbers: readonly number[];
}

export function markers(text: string): Marker[] {
  return [...text.matchAll(markerPattern)].map((match) => ({
    range: { start: match.index, end: match.index + match[0].length },
    numbers: (match[1] ?? "").split(/[,;]/).map((part) => Number(part.trim())),
  }));
}

export function stripMarkers(text: string): string {
  return text.replace(new RegExp(`[ \\u00a0]?${markerPattern.source}`, "giu"), "");
}

/** The same length with blanks where the marks were, so that offsets still hold. */
export function blankMarkers(text: string): string {
  return text.replace(markerPattern, (match) => " ".repeat(match.length));
}
