import type { StoredDocument } from "../../knowledge/store.ts";
import type { Source } from "../steps/extract.ts";
import { ingestDocument, type Ingested, type IngestSteps } from "../ingest-document.ts";
import { Stopped, type Job } from "./job.ts";
import type { Outcomes } from "./outcome.ts";
import type { DocumentRecord } from "../registry/records.ts";
import type { Registry } from "../registry/registry.ts";

export type Label = Pick<StoredDocument, "collectionId" | "path" | "tags">;

export interface JobMeans {
  readonly registry: Registry;
  readonly steps: IngestSteps;
  readonly outcomes: Outcomes;
  readonly sourceOf: (record: DocumentRecord) => Source;
  /** Told after a commit: what the document was stored with. */
  readonly committed: (id: string, label: Label) => Promise<void>;
}

/** What the queue does while a job is under way. */
export interface JobEvents {
  readonly progressed: () => void;
  /** The job stands at another step: another may begin. */
  readonly stepped: () => void;
  readonly succeeded: (made: Ingested) => Promise<void>;
  readonly failed: (error: unknown) => Promise<void>;
}

/** One document through the four steps, whatever becomes of it. */
export async function runJob(job: Job, record: DocumentRecord, { means, events }: { means: JobMeans; events: JobEvents }): Promise<void> {
  const { registry } = means;
  let label: Label | undefined;
  try {
    const made = await ingestDocument({
      id: job.id, source: means.sourceOf(record), signal: job.stop.signal, recognise: record.recognition?.state !== "skipped", afresh: record.recognition === undefined,
      onStep: (step, { characters, passages }) => {
        Object.assign(job, { step, fraction: 0, characters, passages: passages || undefined });
        if (step !== "committing") registry.passing(job.id, step);
        events.stepped();
      },
      onProgress: (fraction) => { job.fraction = fraction; events.progressed(); },
      label: () => {
        const now = registry.find(job.id);
        return (label = now && { collectionId: now.collectionId, path: now.path, tags: now.tags });
      },
    }, means.steps);
    await events.succeeded(made);
    if (label) await means.committed(job.id, label);
  } catch (error) {
    const { reason: why } = job.stop.signal;
    if (!(why instanceof Stopped)) return events.failed(error);
    if (why.why === "cancelled") await means.outcomes.cancelled([job.id]);
    else if (why.why === "changed" || why.why === "closing") registry.passing(job.id, "queued");
  }
}
