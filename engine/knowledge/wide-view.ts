import type { Passage } from "../contract/search.ts";
import type { FoundPassage, KnowledgeStore, LexicalOptions, ScoredPassage, SearchScope, SearchView } from "./store.ts";

/** A view over a store that is written meanwhile, or far away: each leg brings its passages along, as they stood when it ran. */
export class WideView implements SearchView {
  private readonly found = new Map<string, ScoredPassage>();
  private readonly store: Pick<KnowledgeStore, "searchDense" | "searchLexical" | "lexicalScores">;
  private readonly scope: SearchScope;

  constructor(store: Pick<KnowledgeStore, "searchDense" | "searchLexical" | "lexicalScores">, scope: SearchScope) {
    this.store = store;
    this.scope = scope;
  }

  async dense(vector: Float32Array, limit: number): Promise<FoundPassage[]> {
    return this.keep(await this.store.searchDense(vector, this.scope, limit));
  }

  async lexical(query: string, limit: number, options: Pick<LexicalOptions, "every"> = {}): Promise<FoundPassage[]> {
    return this.keep(await this.store.searchLexical(query, this.scope, limit, { ...options, vectors: true }));
  }

  lexicalScores(ids: readonly string[], query: string): Promise<ReadonlyMap<string, number>> {
    return this.store.lexicalScores(ids, query);
  }

  vectors(ids: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    return Promise.resolve(new Map(ids.flatMap((id) => { const own = this.found.get(id)?.vector; return own ? [[id, own] as const] : []; })));
  }

  passages(ids: readonly string[]): Promise<ReadonlyMap<string, Passage>> {
    return Promise.resolve(new Map(ids.flatMap((id) => { const hit = this.found.get(id); return hit ? [[id, hit.passage] as const] : []; })));
  }

  private keep(hits: readonly ScoredPassage[]): FoundPassage[] {
    for (const hit of hits) if (hit.vector || !this.found.has(hit.passage.id)) this.found.set(hit.passage.id, hit);
    return hits.map(({ passage, score }) => ({ id: passage.id, score }));
  }
}
