import type { Passage } from "../../contract/search.ts";

/** Passages that are shown as one source, by position. */
export type Group = readonly Passage[];

/** Letters between two passages that still touch. */
const LARGEST_BREAK = 2;

/** Groups of neighbouring passages, each in document order; groups stand in the order of their best passage. */
export function mergeNeighbours(passages: readonly Passage[]): Group[] {
  const rank = new Map(passages.map((passage, i) => [passage.id, i]));
  const inOrder = [...passages].sort((a, b) => (a.documentId < b.documentId ? -1 : a.documentId > b.documentId ? 1 : a.position - b.position));
  const groups: Passage[][] = [];
  for (const passage of inOrder) {
    const last = groups.at(-1)?.at(-1);
    if (last && areNeighbours(last, passage)) groups.at(-1)?.push(passage);
    else groups.push([passage]);
  }
  const best = (group: Group) => Math.min(...group.map((passage) => rank.get(passage.id) ?? Infinity));
  return groups.sort((a, b) => best(a) - best(b));
}

/** Next to each other with nothing but a break between, and under the same heading or one inside the other: another section is another subject, and is cited apart. */
function areNeighbours(a: Passage, b: Passage): boolean {
  const shorter = Math.min(a.headingPath.length, b.headingPath.length);
  return a.documentId === b.documentId && b.position === a.position + 1 && b.range.start - a.range.end <= LARGEST_BREAK && a.headingPath.slice(0, shorter).every((heading, i) => heading === b.headingPath[i]);
}
