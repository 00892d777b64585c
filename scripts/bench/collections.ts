/** Public question sets as documents for the product's own chunker, embedder and store; each is embedded once and kept in a cache folder. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../engine/base/hash.ts";
import { sentenceRanges } from "../../engine/base/sentences.ts";
import { documentText, type Block, type CharRange } from "../../engine/contract/document.ts";
import { chunk, type Chunk } from "../../engine/ingest/steps/chunk.ts";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import type { Passage } from "../../engine/contract/search.ts";
import { passageOf, vectorOf, type Row } from "../../engine/knowledge/lance/rows.ts";
import type { DocumentWithPassages, Embedder, KnowledgeStore } from "../../engine/knowledge/store.ts";
import { openPassagesAt } from "./passages-table.ts";

export interface Question {
  readonly id: string;
  readonly text: string;
  /** Relevant documents with their grade. */
  readonly relevant: ReadonlyMap<string, number>;
  /** Where the answer stands, in the text of the one relevant document. */
  readonly span?: CharRange;
  /** What stands there. */
  readonly answer?: string;
}

export interface Collection {
  readonly name: string;
  readonly language: string;
  readonly documents: readonly { readonly id: string; readonly title?: string; readonly paragraphs: readonly string[] }[];
  readonly questions: readonly Question[];
}

interface Article { readonly _id: string; readonly title: string; readonly text: string }
interface SquadArticle { readonly title: string; readonly paragraphs: readonly { readonly context: string; readonly qas: readonly { readonly id: string; readonly question: string; readonly answers: readonly { readonly answer_start: number; readonly text: string }[] }[] }[] }

/** `scifact`, `xquad.en` or `xquad.de` under `data`; `xquad.en+titles` with the articles' titles, `scifact-1000` with so many of the abstracts, all that are relevant among them. */
export function readCollection(name: string, data: string): Collection {
  const [, most] = /^scifact(?:-(\d+))?$/.exec(name) ?? [];
  if (most !== undefined) return smaller({ ...readScifact(join(data, "scifact")), name }, Number(most));
  return name === "scifact" ? readScifact(join(data, "scifact")) : readXquad(name, data);
}

function smaller(whole: Collection, most: number): Collection {
  const relevant = new Set(whole.questions.flatMap((question) => [...question.relevant.keys()]));
  const others = whole.documents.filter(({ id }) => !relevant.has(id)).slice(0, Math.max(0, most - relevant.size));
  return { ...whole, documents: [...whole.documents.filter(({ id }) => relevant.has(id)), ...others] };
}

function readScifact(folder: string): Collection {
  const lines = <T>(file: string) => readFileSync(join(folder, file), "utf8").trim().split("\n").map((line) => JSON.parse(line) as T);
  const judged = new Map<string, Map<string, number>>();
  for (const line of readFileSync(join(folder, "qrels", "test.tsv"), "utf8").trim().split("\n").slice(1)) {
    const [query = "", document = "", grade = "0"] = line.split("\t");
    if (Number(grade) > 0) judged.set(query, (judged.get(query) ?? new Map<string, number>()).set(document, Number(grade)));
  }
  return {
    name: "scifact", language: "en",
    documents: lines<Article>("corpus.jsonl").map(({ _id, title, text }) => ({ id: _id, title, paragraphs: [text] })),
    questions: lines<Article>("queries.jsonl").flatMap(({ _id, text }) => { const relevant = judged.get(_id); return relevant ? [{ id: _id, text, relevant }] : []; }),
  };
}

/** The 240 paragraphs, five to a document, as they stand in 48 articles; without the articles' titles, which give much away, unless asked for. */
function readXquad(name: string, data: string): Collection {
  const [file = "", titles] = name.split("+");
  const { data: articles } = JSON.parse(readFileSync(join(data, "xquad", `${file}.json`), "utf8")) as { data: SquadArticle[] };
  const documents = articles.map(({ title, paragraphs }) => ({ id: title, ...(titles ? { title: title.replaceAll("_", " ") } : {}), paragraphs: paragraphs.map(({ context }) => context) }));
  const questions = articles.flatMap(({ title, paragraphs }) => {
    let start = 0;
    return paragraphs.flatMap(({ context, qas }) => {
      const at = start;
      start += context.length + 1;
      return qas.map(({ id, question, answers: [answer] }) => ({
        id, text: question, relevant: new Map([[title, 1]]), answer: answer?.text ?? "", span: { start: at + (answer?.answer_start ?? 0), end: at + (answer?.answer_start ?? 0) + (answer?.text.length ?? 0) },
      }));
    });
  });
  return { name, language: file.slice(-2), documents, questions };
}

export interface Build {
  readonly embedder: Embedder;
  /** Where stores are kept between runs. */
  readonly cache: string;
  readonly tokens: number;
  /** Sentences of the passage before that a passage begins with; the product has none. */
  readonly overlap?: number;
}

const BATCH = 64;

export const storeFolder = ({ name }: Pick<Collection, "name">, { cache, tokens, overlap = 0 }: Omit<Build, "embedder">): string => join(cache, `${name}-${tokens}${overlap > 0 ? `-overlap-${overlap}` : ""}`);

/** The collection in a store. What an earlier run has put there is not embedded again, also where that run was stopped. */
export async function storeOf(collection: Collection, build: Build): Promise<KnowledgeStore> {
  const { embedder, cache } = build;
  const folder = storeFolder(collection, build);
  mkdirSync(cache, { recursive: true });
  const store = await openKnowledge({ uri: folder, embedderIdentity: embedder.identity, dimensions: embedder.dimensions });
  await store.recover();
  const there = await store.committed();
  const missing = collection.documents.filter(({ id }) => !there.has(id));
  for (let at = 0; at < missing.length; at += BATCH) {
    const batch: DocumentWithPassages[] = [];
    for (const document of missing.slice(at, at + BATCH)) batch.push(await passagesOf(document, build, collection.language));
    await store.put(batch);
    if (process.stderr.isTTY) process.stderr.write(`\r${at + batch.length} of ${missing.length} documents`);
  }
  if (missing.length > 0) await store.maintain({ force: true });
  return store;
}

async function passagesOf(document: Collection["documents"][number], { embedder, tokens, overlap = 0 }: Build, language: string): Promise<DocumentWithPassages> {
  const blocks: Block[] = [];
  let start = 0;
  for (const text of document.paragraphs) {
    blocks.push({ kind: "paragraph", text, start, headingPath: [] });
    start += text.length + 1;
  }
  const cut = await chunk(blocks, { target: tokens, maxTokens: embedder.maxTokens, countTokens: (texts) => embedder.countTokens(texts), language, ...(document.title === undefined ? {} : { title: document.title }) });
  const chunks = overlap > 0 ? overlapping(cut, blocks, { overlap, language }) : cut;
  const vectors = await embedder.embedPassages(chunks.map(({ embedded }) => embedded));
  return {
    document: { id: document.id, collectionId: "c", path: `${document.id}.md`, format: "markdown", contentHash: sha256(documentText(blocks)), tags: [], language, ...(document.title === undefined ? {} : { title: document.title }) },
    passages: chunks.map((one, position) => ({ position, start: one.start, end: one.end, headingPath: one.headingPath, text: one.text, textHash: sha256(one.embedded), vector: vectors[position] ?? new Float32Array() })),
  };
}

/** Each passage with the last sentences of its paragraph before it, where it does not begin the paragraph. What is then too long loses its end in the embedder, as it would anywhere. */
function overlapping(chunks: readonly Chunk[], blocks: readonly Block[], { overlap, language }: { overlap: number; language: string }): Chunk[] {
  const text = documentText(blocks);
  return chunks.map((one) => {
    const block = blocks.find(({ start, text: { length } }) => start < one.start && one.start < start + length);
    const before = block ? sentenceRanges(block.text, language).map((range) => block.start + range.start).filter((start) => start < one.start) : [];
    const start = before.at(-overlap) ?? before[0] ?? one.start;
    const shown = text.slice(start, one.end);
    return { ...one, start, text: shown, embedded: one.embedded.slice(0, one.embedded.length - one.text.length) + shown };
  });
}

export interface StoredRow { readonly passage: Passage; readonly vector: Float32Array }

/** What {@link storeOf} has stored, with the vectors. */
export async function storedRows(collection: Collection, build: Omit<Build, "embedder">): Promise<StoredRow[]> {
  const table = await openPassagesAt(storeFolder(collection, build));
  const rows = (await table.query().toArray()) as Row[];
  return rows.map((row) => ({ passage: passageOf(row), vector: vectorOf(row) }));
}
