import type { AssembledSource } from "../../engine/answer/context/assemble.ts";
import { joinPassages } from "../../engine/answer/context/source-text.ts";
import type { Passage } from "../../engine/contract/search.ts";

/** A passage of a document; `text` stands at `start` in it. */
export function passageOf(text: string, more: Partial<Passage> = {}): Passage {
  const start = more.range?.start ?? 0;
  return {
    id: `${more.documentId ?? "doc"}:${more.position ?? 0}`, documentId: "doc", collectionId: "default", path: "/library/doc.md", format: "markdown",
    headingPath: [], position: 0, text, ...more, range: { start, end: start + text.length },
  };
}

/** Sources of one passage each, numbered from 1. */
export function sourcesOf(...passages: readonly Passage[]): AssembledSource[] {
  return passages.map((passage, i) => ({ number: i + 1, passage, ...joinPassages([passage]) }));
}
