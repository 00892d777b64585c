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

/** Headings that every document has and nobody asks about. */
const common = /^(abstract|introduction|contents|table of contents|references|bibliography|appendix|preface|vorwort|inhaltsverzeichnis|einleitung|literatur|see also|external links)$/i;
const plainHeading = (text: string): string => text.replace(/^[\d.]+\s+/, "").replace(/[.:?!]+$/, "").trim();

function questionAbout(document: Document, blocks: readonly Block[]): string {
  const name = document.title ?? document.name.replace(/\.[^.]+$/, "");
  const headings = blocks.filter((block) => block.kind === "heading" && block.text !== document.title).map((block) => ({ level: block.level, text: plainHeading(block.text) }))
    .filter(({ text }) => text.length >= 4 && text.length <= 60 && /\p{L}{3}/u.test(text) && !common.test(text));
  const heading = headings.find((block) => (block.level ?? 1) > 1) ?? headings[0];
  const row = blocks.find((block) => block.table)?.table;
  if (heading) return `What does “${name}” say about ${heading.text}?`;
  if (row?.header[1] && row.cells[0]) return `What is the ${row.header[1].toLowerCase()} of ${row.cells[0]}?`;
  return `What is “${name}” about?`;
}
