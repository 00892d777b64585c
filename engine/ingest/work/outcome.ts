import type { Ingested } from "../ingest-document.ts";
import type { reasonOf } from "../registry/reasons.ts";
import { nextRecognition } from "../recognise/record.ts";
import type { Registry } from "../registry/registry.ts";

export interface OutcomeOptions {
  readonly registry: Registry;
  /** Takes a document out of the store and off the shelf, where it is. */
  readonly discard: (ids: readonly string[]) => Promise<void>;
  /** Takes a document out of the store, where it is, and leaves it on the shelf. */
  readonly unindex: (ids: readonly string[]) => Promise<void>;
  readonly ocrMode: () => "auto" | "ask";
}

const nothingIndexed = { passages: 0, indexed: undefined, contentHash: undefined, warnings: [] };

/** What becomes of a document that has left the queue: its record, and what of it stays in the store. */
export class Outcomes {
  private readonly options: OutcomeOptions;

  constructor(options: OutcomeOptions) {
    this.options = options;
  }

  /** Stored, or read and waiting for its pictures. `again`: it changed meanwhile and is queued once more. */
  async succeeded(id: string, made: Ingested, again: boolean): Promise<void> {
    const { registry, unindex, ocrMode } = this.options;
    const { warnings, title, pages, recognition, ...rest } = made;
    const isStored = made.passages > 0;
    if (!isStored) await unindex([id]);
    await registry.update(id, {
      ...rest, title, pages, warnings: [...warnings], state: again ? "queued" : isStored ? "indexed" : "recognising",
      recognition: nextRecognition(registry.find(id)?.recognition, recognition, ocrMode()),
      indexed: isStored ? new Date().toISOString() : undefined, reason: undefined,
    });
  }

  async failed(id: string, reason: ReturnType<typeof reasonOf>): Promise<void> {
    await this.options.discard([id]);
    await this.options.registry.update(id, { state: "failed", reason, ...nothingIndexed });
  }

  async cancelled(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.options.discard(ids);
    const reason = { code: "cancelled" as const, message: "Taken out of the queue.", next: "Retry to index it." };
    await this.options.registry.updateAll(ids.map((id) => [id, { state: "cancelled", reason, ...nothingIndexed }] as const));
  }
}
