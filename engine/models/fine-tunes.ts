import { randomUUID } from "node:crypto";
import { LorekeepError } from "../base/errors.ts";
import { compileSchema, type JsonSchema } from "../base/json-schema.ts";
import type { FineTune, GateRecord, Lineage, VersionScore } from "../contract/fine-tunes.ts";
import type { SchemaUse } from "../contract/json-schema.ts";
import type { ModelShelf } from "./shelf.ts";
import { tunable, type StoredItem } from "./types.ts";
import * as versions from "./versions.ts";

interface NewVersion {
  readonly itemId: string;
  readonly notes: string;
  readonly lineage: Lineage;
}

/** Fine-tunes with their versions, kept beside the shelf's items in models.json. What may be done to one is decided in versions.ts. */
export class FineTunes {
  private readonly shelf: Pick<ModelShelf, "store">;

  constructor(shelf: Pick<ModelShelf, "store">) {
    this.shelf = shelf;
  }

  list(): FineTune[] {
    return this.shelf.store.value.fineTunes.map((tune) => versions.withStale(tune, this.fileOf));
  }

  /** @throws LorekeepError NOT_FOUND. */
  get(id: string): FineTune {
    const found = this.list().find((tune) => tune.id === id);
    if (found) return found;
    throw new LorekeepError("NOT_FOUND", { reason: "This fine-tune is not there any more." });
  }

  /** The shelf's item that an id means: a fine-tune's stands for its default version, any other for itself. */
  resolve(id: string): string {
    const tune = this.list().find((one) => one.id === id);
    return tune ? (versions.defaultVersion(tune)?.itemId ?? id) : id;
  }

  async create(name: string, first: NewVersion): Promise<FineTune> {
    const item = this.item(first.itemId);
    const tune = versions.newFineTune({ id: randomUUID(), name, kind: item.kind }, this.version(item, first));
    await this.shelf.store.update((content) => ({ ...content, fineTunes: [...content.fineTunes, tune] }));
    return tune;
  }

  addVersion(id: string, version: NewVersion): Promise<FineTune> {
    const item = this.item(version.itemId);
    return this.change(id, (tune) => {
      if (item.kind !== tune.kind) throw new LorekeepError("INVALID", { reason: `${tune.name} is ${tune.kind === "adapter" ? "an adapter" : "a merged model"}; its versions are of the same kind.`, field: "itemId" });
      return versions.addVersion(tune, this.version(item, version));
    });
  }

  /** The items of the shelf that a gate between a version and the default speaks of. */
  filesOf(id: string, versionId: string): string[] {
    const { versions: all, defaultVersionId } = this.get(id);
    return all.filter((version) => version.id === versionId || version.id === defaultVersionId).map(({ itemId }) => itemId);
  }

  rename(id: string, name: string): Promise<FineTune> {
    return this.change(id, (tune) => ({ ...tune, name }));
  }

  /** @param schema null takes it away @throws LorekeepError INVALID where it is no schema */
  async setSchema(id: string, schema: JsonSchema | null | undefined, use: SchemaUse | undefined): Promise<FineTune> {
    if (schema) compileSchema(schema);
    return this.change(id, (tune) => versions.withSchema(tune, schema, use));
  }

  /** The schema of the fine-tune that an id means; for an item of the shelf that of a fine-tune it is the default of, else a version of. */
  schemaOf(id: string): { readonly jsonSchema: JsonSchema; readonly use: SchemaUse } | undefined {
    const named = this.list().filter((tune) => tune.id === id);
    const owners = [...this.list().filter((tune) => versions.defaultVersion(tune)?.itemId === id), ...this.list().filter((tune) => tune.versions.some(({ itemId }) => itemId === id))];
    const [found] = (named.length > 0 ? named : owners).flatMap(({ jsonSchema, jsonSchemaUse }) => (jsonSchema ? [{ jsonSchema, use: jsonSchemaUse ?? "validate" }] : []));
    return found;
  }

  annotate(id: string, versionId: string, notes: string): Promise<FineTune> {
    return this.change(id, (tune) => versions.annotate(tune, versionId, { notes }));
  }

  removeVersion(id: string, versionId: string): Promise<FineTune> {
    return this.change(id, (tune) => versions.removeVersion(tune, versionId, now()));
  }

  async remove(id: string): Promise<void> {
    this.get(id);
    await this.shelf.store.update((content) => ({ ...content, fineTunes: content.fineTunes.filter((tune) => tune.id !== id) }));
  }

  /** The files must be known as they are now: see {@link filesOf}. */
  promote(id: string, versionId: string, how: Pick<versions.Promoting, "anyway" | "hasQuestions">): Promise<FineTune> {
    return this.change(id, (tune) => versions.promote(tune, versionId, { ...how, fileOf: this.fileOf, when: now() }));
  }

  rollback(id: string): Promise<FineTune> {
    return this.change(id, (tune) => versions.rollback(tune, { fileOf: this.fileOf, when: now() }));
  }

  /** For the evaluation, once it has run the gate (engine/evaluation/gate): the next promotion of the candidate goes by it. */
  recordGate(id: string, gate: GateRecord): Promise<FineTune> {
    return this.change(id, (tune) => versions.addGate(tune, gate));
  }

  /** For the evaluation: what a run said of an item, kept with every version that is that item. */
  async recordScore(itemId: string, score: VersionScore): Promise<void> {
    const scored = (tune: FineTune) => tune.versions.filter((version) => version.itemId === itemId).reduce((result, { id }) => versions.addScore(result, id, score), tune);
    await this.shelf.store.update((content) => ({ ...content, fineTunes: content.fineTunes.map(scored) }));
  }

  private readonly fileOf: versions.FileOf = ({ itemId }) => this.shelf.store.value.items.find(({ id }) => id === itemId)?.sha256;

  private async change(id: string, work: (tune: FineTune) => FineTune): Promise<FineTune> {
    this.get(id);
    await this.shelf.store.update((content) => ({ ...content, fineTunes: content.fineTunes.map((tune) => (tune.id === id ? work(tune) : tune)) }));
    return this.get(id);
  }

  private item(id: string): StoredItem & { readonly kind: FineTune["kind"] } {
    const item = this.shelf.store.value.items.find((other) => other.id === id);
    if (item) return tunable(item);
    throw new LorekeepError("NOT_FOUND", { reason: "This model is not on the shelf any more.", next: "Choose another model." });
  }

  /** What the shelf knows of a version's origin stands in its lineage, unless the caller knows better. */
  private version(item: StoredItem, { itemId, notes, lineage }: NewVersion): versions.NewVersion {
    const baseSha256 = item.baseSha256 ?? this.shelf.store.value.items.find(({ id }) => id === item.baseId)?.sha256;
    const { madeFrom, source, added } = item;
    const known = { ...(baseSha256 ? { baseSha256 } : {}), ...(madeFrom ? { madeFrom } : {}), ...(source.type === "made" ? { made: added } : {}) };
    return { id: randomUUID(), itemId, sha256: item.sha256, notes, lineage: { ...known, ...lineage }, when: now() };
  }
}

const now = () => new Date().toISOString();
