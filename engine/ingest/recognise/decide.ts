import type { LibraryParts } from "../parts.ts";
import { withoutRecognition } from "../registry/reasons.ts";
import type { DocumentChange } from "../registry/registry.ts";

/** A person's word on text recognition: begin, or leave the pictures unread. Without ids: all documents that ask. */
export function decideRecognition({ registry, queue, recogniser, changes }: LibraryParts, { ids, start }: { ids?: readonly string[] | undefined; start: boolean }): Promise<number> {
  return changes.add(async () => {
    const chosen = ids ? ids.map((id) => registry.get(id)) : [...registry.all()].filter(({ recognition }) => recognition?.state === "ask");
    const open = chosen.filter(({ recognition }) => recognition && recognition.state !== "done");
    await recogniser.leave(open.map(({ id }) => id));
    await registry.updateAll(open.flatMap(({ id, state, recognition }): [string, DocumentChange][] => {
      if (!recognition) return [];
      const decided = { recognition: { ...recognition, state: start ? "agreed" as const : "skipped" as const } };
      return [[id, !start && state === "recognising" ? { ...decided, state: "failed", reason: withoutRecognition } : decided]];
    }));
    // Left out before and without any text: read anew, since nothing of it was kept.
    const again = start ? open.filter(({ state }) => state === "failed") : [];
    await registry.updateAll(again.map(({ id }) => [id, { state: "queued", reason: undefined }]));
    queue.enqueue(again.map(({ id }) => id));
    queue.nudge();
    return open.length;
  });
}
