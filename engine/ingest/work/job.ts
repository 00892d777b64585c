import type { DocumentRecord } from "../registry/records.ts";
import type { ActiveWeight, Weight } from "./progress.ts";

/** Why a document on its way was stopped. Not an error: it decides what becomes of the document. */
export class Stopped extends Error {
  readonly why: "cancelled" | "removed" | "changed" | "closing";

  constructor(why: Stopped["why"]) {
    super(`Stopped: ${why}`);
    this.name = "AbortError";
    this.why = why;
  }
}

/** One document that is being worked on. */
export interface Job {
  readonly id: string;
  readonly weight: Weight;
  readonly stop: AbortController;
  step: "waiting" | "reading" | "embedding" | "committing";
  fraction: number;
  characters: number;
  passages: number | undefined;
  finished: Promise<void>;
}

export const jobOf = (record: DocumentRecord): Job => ({ id: record.id, weight: weightOf(record), stop: new AbortController(), step: "waiting", fraction: 0, characters: 0, passages: undefined, finished: Promise.resolve() });

export const weightOf = ({ name, sizeBytes }: DocumentRecord): Weight => ({ name, sizeBytes: sizeBytes ?? 0 });

/** The documents that are being worked on, by id. */
export class Jobs extends Map<string, Job> {
  /** Documents that have not reached the commit. */
  get early(): number {
    return [...this.values()].filter(({ step }) => step !== "committing").length;
  }

  /** Characters of text that are held for what is under way. */
  get characters(): number {
    return [...this.values()].reduce((sum, job) => sum + job.characters, 0);
  }

  get active(): ActiveWeight[] {
    return [...this.values()].flatMap(({ id, weight, step, fraction, passages }): ActiveWeight[] =>
      (step === "reading" || step === "embedding" ? [{ documentId: id, ...weight, step, fraction, ...(passages === undefined ? {} : { passages }) }] : []));
  }

  /** Resolves when none of them is worked on any more. */
  async stop(ids: Iterable<string>, why: Stopped["why"]): Promise<void> {
    const jobs = [...ids].flatMap((id) => this.get(id) ?? []);
    for (const job of jobs) job.stop.abort(new Stopped(why));
    await Promise.all(jobs.map(({ finished }) => finished));
  }
}
