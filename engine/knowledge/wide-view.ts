import type { Passage } from "../contract/search.ts";
import type { FoundPassage, KnowledgeStore, LexicalOptions, ScoredPassage, SearchScope, SearchView } from "./store.ts";

/** A view over a store that is written meanwhile, or far away: each leg brings its passages along, as they stood when it ran. */
export class WideView implements SearchView {
  private readonly found = new Map<string, Passage>();
  private readonly store: Pick<KnowledgeStore, "searchDense" | "searchLexical" | "lexicalScores">;
  private readonly scope: SearchScope;

  constructor(store: Pick<KnowledgeStore, "searchDense" | "searchLexical" | "lexicalScores">, scope: SearchScope) {
    this.store = store;
    this.scope = scope;
  }

  async dense(vector: Float32Array, limit: number): Promise<FoundPassage[]> {
    return this.keep(await this.store.searchDense(vector, this.scope, limit));
  }

  async lexical(query: string, limit: number, options: Pick<LexicalOptions, "every" | "vectors"> = {}): Promise<FoundPassage[]> {
    return this.keep(await this.store.searchLexical(query, this.scope, limit, options));
  }

  lexicalScores(ids: readonly string[], query: string): Promise<ReadonlyMap<string, number>> {
    return this.store.lexicalScores(ids, query);
  }

  passages(ids: readonly string[]): Promise<ReadonlyMap<string, Passage>> {
    return Promise.resolve(new Map(ids.flatMap((id) => { const passage = this.found.get(id); return passage ? [[id, passage] as const] : []; })));
  }

  private keep(hits: readonly ScoredPassage[]): FoundPassage[] {
    for (const { passage } of hits) this.found.set(passage.id, passage);
    return hits.map(({ passage, ...rest }) => ({ id: passage.id, ...rest }));
  }
}
