/**
 * Full-text search by language on XQuAD: the same 240 paragraphs in English and German, 1,190 questions each; no vectors needed.
 *   node scripts/run.mjs scripts/bench/xquad-lexical.ts [--data FOLDER]
 * Share of questions whose own paragraph is first / among the first five, in a store of that language alone and in one that holds both.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sha256 } from "../../engine/base/hash.ts";
import { detectLanguage } from "../../engine/knowledge/language.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import type { DocumentWithPassages } from "../../engine/knowledge/store.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/data/xquad" } } });
interface Paragraph { readonly context: string; readonly qas: readonly { readonly question: string }[] }
const paragraphsIn = (language: string) => (JSON.parse(readFileSync(join(values.data, `xquad.${language}.json`), "utf8")) as { data: { paragraphs: Paragraph[] }[] }).data.flatMap(({ paragraphs }) => paragraphs);
const everything = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

async function documentOf({ context }: Paragraph, id: string): Promise<DocumentWithPassages> {
  const language = await detectLanguage(context);
  return {
    document: { id, collectionId: "c", path: id, format: "text", contentHash: id, tags: [], ...(language ? { language } : {}) },
    passages: [{ position: 0, start: 0, end: context.length, headingPath: [], text: context, textHash: sha256(context), vector: Float32Array.of(1, 0) }],
  };
}

async function measure(stored: readonly string[]): Promise<void> {
  const uri = await mkdtemp(join(tmpdir(), "xquad-"));
  const store = await openKnowledge({ uri, embedderIdentity: "none", dimensions: 2 });
  for (const language of stored) await store.put(await Promise.all(paragraphsIn(language).map((paragraph, i) => documentOf(paragraph, `${language}${i}`))));
  await store.maintain();
  for (const language of stored) {
    let first = 0, five = 0, questions = 0;
    for (const [i, { qas }] of paragraphsIn(language).entries()) {
      for (const { question } of qas) {
        const ids = (await store.searchLexical(question, everything, 5)).map(({ passage }) => passage.documentId);
        questions++;
        if (ids[0] === `${language}${i}`) first++;
        if (ids.includes(`${language}${i}`)) five++;
      }
    }
    console.log(`store ${stored.join("+")}, questions ${language}: ${(first / questions).toFixed(3)} / ${(five / questions).toFixed(3)} of ${questions}`);
  }
  await store.dispose();
  await rm(uri, { recursive: true });
}

await measure(["en"]);
await measure(["de"]);
await measure(["en", "de"]);
