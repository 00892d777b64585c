import type { Passage } from "../../contract/search.ts";
import type { KnowledgeStore } from "../../knowledge/store.ts";

/** A section of so many passages is short enough to be read whole. */
const LONGEST = 6;

/** The same stretch of one document under the same headings. */
export function sameSection(a: Passage, b: Passage): boolean {
  return a.documentId === b.documentId && a.headingPath.length === b.headingPath.length && a.headingPath.every((heading, i) => heading === b.headingPath[i]);
}

/**
 * All passages of short sections of which two or more were chosen: what stands between them belongs to them. Text without headings has no
 * sections, and is left to its neighbours.
 */
export async function wholeSections(chosen: readonly Passage[], store: Pick<KnowledgeStore, "neighbours">): Promise<Passage[]> {
  const firsts = chosen.filter((passage, i) => passage.headingPath.length > 0 && chosen.findIndex((one) => sameSection(one, passage)) === i);
  const found = await Promise.all(firsts.map(async (first) => {
    const own = chosen.filter((passage) => sameSection(passage, first)).map(({ position }) => position);
    const [from, to] = [Math.min(...own), Math.max(...own)];
    if (own.length < 2 || to - from >= LONGEST) return [];
    const around = await store.neighbours(first.documentId, Math.max(0, to - LONGEST), from + LONGEST);
    const section = stretch(around, from, first);
    return section.length > LONGEST || !own.every((position) => section.some((one) => one.position === position)) ? [] : section;
  }));
  return found.flat();
}

/** The unbroken run of the section's passages around a position: the same headings may come again further down. */
function stretch(passages: readonly Passage[], at: number, of: Passage): Passage[] {
  const byPosition = new Map(passages.filter((passage) => sameSection(passage, of)).map((passage) => [passage.position, passage]));
  let [first, last] = [at, at];
  while (byPosition.has(first - 1)) first--;
  while (byPosition.has(last + 1)) last++;
  return Array.from({ length: last - first + 1 }, (_, i) => byPosition.get(first + i)).filter((passage) => passage !== undefined);
}
