import type { Block, Document } from "../../engine/contract/index.ts";
import { useEngineQuery } from "../engine/queries.ts";

/** Questions that the newest documents can answer, made from their own headings: no model is needed for a first question. */
export function useSuggestions() {
  return useEngineQuery<string[]>(["documents", "suggestions"], async (engine, signal) => {
    const { documents } = await engine.documents.list({ states: ["indexed"], sort: "added", limit: 3 }, { signal });
    const found = await Promise.all(documents.map(async (document) => {
      const { blocks } = await engine.documents.content({ id: document.id, limit: 120 }, { signal });
      return questionAbout(document, blocks);
    }));
    return [...new Set(found)];
  });
}

function questionAbout(document: Document, blocks: readonly Block[]): string {
  const name = document.title ?? document.name.replace(/\.[^.]+$/, "");
  const headings = blocks.filter((block) => block.kind === "heading" && block.text !== document.title && block.text.length >= 4 && block.text.length <= 60 && /\p{L}{3}/u.test(block.text));
  const heading = headings.find((block) => (block.level ?? 1) > 1) ?? headings[0];
  const row = blocks.find((block) => block.table)?.table;
  if (heading) return `What does “${name}” say about ${heading.text.replace(/[.:?!]+$/, "")}?`;
  if (row?.header[1] && row.cells[0]) return `What is the ${row.header[1].toLowerCase()} of ${row.cells[0]}?`;
  return `What is “${name}” about?`;
}
