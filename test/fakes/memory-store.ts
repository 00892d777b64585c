import { dot } from "../../engine/base/vectors.ts";
import type { Passage } from "../../engine/contract/search.ts";
import { terms } from "../../engine/answer/words/terms.ts";
import { WideView } from "../../engine/knowledge/wide-view.ts";
import { passageId } from "../../engine/knowledge/passage-id.ts";
import type { DocumentWithPassages, Embedder, KnowledgeStore, LexicalOptions, ScoredPassage, SearchScope, SearchView } from "../../engine/knowledge/store.ts";

/** A knowledge store in memory: exact cosine, BM25 without tricks, the whole filter. Nothing is kept. */
export class MemoryStore implements KnowledgeStore {
  version = 0;
  private readonly documents = new Map<string, DocumentWithPassages>();

  async put(batch: readonly DocumentWithPassages[]): Promise<void> {
    this.version++;
    for (const one of batch) this.documents.set(one.document.id, one);
  }

  async remove(documentIds: readonly string[]): Promise<void> {
    this.version++;
    for (const id of documentIds) this.documents.delete(id);
  }

  async relabel(documentId: string, change: { collectionId?: string; path?: string; tags?: readonly string[]; modified?: string }): Promise<void> {
    const known = this.documents.get(documentId);
    if (known) this.documents.set(documentId, { ...known, document: { ...known.document, ...change } });
  }

  async committed(): Promise<ReadonlyMap<string, { contentHash: string; passages: number }>> {
    return new Map([...this.documents].map(([id, { document, passages }]) => [id, { contentHash: document.contentHash, passages: passages.length }]));
  }

  async vectorsByTextHash(hashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    const wanted = new Set(hashes);
    return new Map([...this.documents.values()].flatMap((one) => one.passages).filter((one) => wanted.has(one.textHash)).map((one) => [one.textHash, one.vector]));
  }

  async searchDense(vector: Float32Array, scope: SearchScope, limit: number): Promise<ScoredPassage[]> {
    return best(this.rows(scope).map(({ passage, vector: own }) => ({ passage, score: dot(own, vector) })), limit);
  }

  async lexicalScores(passageIds: readonly string[], query: string): Promise<ReadonlyMap<string, number>> {
    const ids = new Set(passageIds);
    const all = await this.searchLexical(query, { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] }, Infinity);
    return new Map(all.filter(({ passage }) => ids.has(passage.id)).map(({ passage, score }) => [passage.id, score]));
  }

  view<T>(scope: SearchScope, work: (view: SearchView) => Promise<T>): Promise<T> {
    return work(new WideView(this, scope));
  }

  languages(): readonly string[] {
    return [...new Set([...this.documents.values()].map(({ document }) => document.language ?? "other"))];
  }

  /** It knows no fuzziness: a test of that needs the real store. */
  async searchLexical(query: string, scope: SearchScope, limit: number, options: LexicalOptions = {}): Promise<ScoredPassage[]> {
    const rows = this.rows(scope).map(({ passage, vector }) => ({ passage, ...(options.vectors ? { vector } : {}), words: keys([...passage.headingPath, passage.text].join(" ")) }));
    const average = rows.reduce((sum, row) => sum + row.words.length, 0) / Math.max(1, rows.length);
    const asked = [...new Set(keys(query))].map((key) => ({ key, found: rows.filter((row) => row.words.includes(key)).length }));
    const score = (words: readonly string[]) => asked.reduce((sum, { key, found }) => {
      const often = words.filter((word) => word === key).length;
      const idf = Math.log(1 + (rows.length - found + 0.5) / (found + 0.5));
      return sum + (idf * often * 2.2) / (often + 1.2 * (0.25 + 0.75 * (words.length / average)));
    }, 0);
    return best(rows.map(({ words, ...hit }) => ({ ...hit, score: score(words) })).filter((row) => row.score > 0 && (!options.every || asked.every(({ key }) => keys([...row.passage.headingPath, row.passage.text].join(" ")).includes(key)))), limit);
  }

  async neighbours(documentId: string, from: number, to: number): Promise<Passage[]> {
    return this.rows().map((row) => row.passage).filter((one) => one.documentId === documentId && one.position >= from && one.position <= to).sort((a, b) => a.position - b.position);
  }

  async countPassages(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { document, passages } of this.documents.values()) counts.set(document.collectionId, (counts.get(document.collectionId) ?? 0) + passages.length);
    return counts;
  }

  async maintain(): Promise<void> { /* There is nothing to index. */ }
  async warmUp(): Promise<void> { /* It is in memory. */ }
  async recover(): Promise<{ sweptPassages: number }> { return { sweptPassages: 0 }; }
  async stats() { return { documents: this.documents.size, passages: this.rows().length, bytes: 0, vectorIndexed: false }; }
  async dispose(): Promise<void> { this.documents.clear(); }

  private rows(scope?: SearchScope): { passage: Passage; vector: Float32Array }[] {
    return [...this.documents.values()].filter((one) => !scope || isIn(one, scope)).flatMap(({ document, passages }) => passages.map((one) => ({
      vector: one.vector,
      passage: {
        id: passageId(document.id, one.position), documentId: document.id, collectionId: document.collectionId, path: document.path, format: document.format, headingPath: [...one.headingPath],
        position: one.position, range: { start: one.start, end: one.end }, text: one.text,
        ...(document.title === undefined ? {} : { title: document.title }), ...(document.modified === undefined ? {} : { modified: document.modified }), ...(one.page === undefined ? {} : { page: one.page }),
      },
    })));
  }
}

function isIn({ document }: DocumentWithPassages, { filter, excludeCollectionIds, excludeDocumentIds }: SearchScope): boolean {
  if (excludeDocumentIds.includes(document.id) || excludeCollectionIds.includes(document.collectionId)) return false;
  const among = (values: readonly string[] | undefined, value: string) => values === undefined || values.includes(value);
  const modified = document.modified ?? "";
  return among(filter.documentIds, document.id) && among(filter.collectionIds, document.collectionId) && among(filter.formats, document.format)
    && document.path.toLowerCase().includes(filter.path?.toLowerCase() ?? "") && (filter.tags ?? []).every((tag) => document.tags.includes(tag))
    && modified >= (filter.modifiedAfter ?? "") && (filter.modifiedBefore === undefined || modified <= filter.modifiedBefore);
}

const keys = (text: string) => terms(text).map((term) => term.key);
const best = (rows: ScoredPassage[], limit: number) => rows.sort((a, b) => b.score - a.score || (a.passage.id < b.passage.id ? -1 : 1)).slice(0, limit);

const DIMENSIONS = 256;

/** A bag of words hashed into a unit vector: texts that share words are near each other, and that is all it knows. */
export class WordEmbedder implements Embedder {
  readonly name = "words";
  readonly identity = `words:${DIMENSIONS}d`;
  readonly dimensions = DIMENSIONS;
  readonly maxTokens = 256;

  async countTokens(texts: readonly string[]): Promise<number[]> {
    return texts.map((text) => keys(text).length + 2);
  }

  async embedPassages(texts: readonly string[]): Promise<Float32Array[]> {
    return texts.map(vectorOf);
  }

  async embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    return vectorOf(text);
  }

  async dispose(): Promise<void> { /* It holds nothing. */ }
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const key of keys(text)) {
    const at = [...key].reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % DIMENSIONS, 7);
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}
