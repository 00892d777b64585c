import type { QueueProgress, Recognition } from "../../contract/library.ts";
import type { DocumentRecord } from "../registry/records.ts";

/** What text recognition costs that goes on by itself, and that waits for a person's word. */
export type Costs = NonNullable<QueueProgress["recognition"]>;

type Recorded = Pick<DocumentRecord, "recognition" | "state">;

/** Nothing more comes of its pictures: it is out of the index until it is read again. */
const isOut = ({ state }: Recorded): boolean => state === "failed" || state === "cancelled";

/** Recognition of its pictures was neither finished nor left out nor is it asked about. */
export const isOpen = (record: Recorded): boolean => !isOut(record) && (record.recognition?.state === "waiting" || record.recognition?.state === "agreed");

/** Its pictures can be recognised now: it has been read. */
export const isPending = (record: Recorded): boolean => (record.state === "indexed" || record.state === "recognising") && isOpen(record);

/** undefined: there is nothing to recognise. @param pace seconds for one picture. */
export function costsOf(records: Iterable<Recorded>, pace: number): Costs | undefined {
  const sums = { waiting: { documents: 0, pictures: 0, seconds: 0 }, asking: { documents: 0, pictures: 0, seconds: 0 } };
  for (const record of records) {
    const { recognition } = record;
    if (!recognition || isOut(record) || recognition.state === "done" || recognition.state === "skipped") continue;
    const sum = recognition.state === "ask" ? sums.asking : sums.waiting;
    sum.documents++;
    sum.pictures += recognition.pictures - recognition.done;
  }
  if (sums.waiting.documents + sums.asking.documents === 0) return undefined;
  for (const sum of [sums.waiting, sums.asking]) sum.seconds = Math.ceil(sum.pictures * pace);
  return sums;
}

/** What the record says after a document was read: done when nothing is missing, else as it was decided before, else as the settings say. */
export function nextRecognition(before: Recognition | undefined, now: Pick<Recognition, "pictures" | "done" | "confidence"> | undefined, mode: "auto" | "ask"): Recognition | undefined {
  if (!now) return undefined;
  const decided = before?.state === "agreed" || before?.state === "skipped" ? before.state : mode === "ask" ? "ask" : "waiting";
  return { ...now, state: now.done >= now.pictures ? "done" : decided, ...(before?.secondsPerPicture === undefined ? {} : { secondsPerPicture: before.secondsPerPicture }) };
}
