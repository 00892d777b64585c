import { isAbort } from "../../base/errors.ts";
import type { Disposable } from "../../base/lifetime.ts";
import type { CheckEvent, CheckInput } from "../../contract/check.ts";
import type { ModelShelf } from "../../models/shelf.ts";
import type { ShelfItem } from "../../models/types.ts";
import { check, type CheckMeans } from "./check.ts";

export interface ChecksMeans extends Omit<CheckMeans, "shelf" | "onUpdated" | "closing"> {
  readonly shelf: Pick<ModelShelf, "get" | "refresh" | "keepCheck" | "list">;
  readonly onNotice: (level: "info" | "warning", text: string) => void;
}

/** The health checks of one engine: those a person asks for, and those that have to be made again. */
export interface Checks extends Disposable {
  run(input: CheckInput, signal?: AbortSignal): AsyncGenerator<CheckEvent, void, void>;
  /**
   * Makes the checks again that a replaced file made stale, in which it was the fine-tune or the base, one after the other in the background;
   * each that ends worse than before is told as a notice.
   */
  again(itemId: string): void;
}

export function createChecks(options: ChecksMeans): Checks {
  const stop = new AbortController();
  let tail: Promise<void> = Promise.resolve();
  const again = (itemId: string) => { tail = tail.then(() => checkAgain(itemId, means, stop.signal)); };
  const means: Means = { ...options, onUpdated: again, closing: stop.signal };
  return {
    run: (input, signal) => check(input, means, signal),
    again,
    dispose: () => {
      stop.abort();
      return tail;
    },
  };
}

type Means = ChecksMeans & Pick<CheckMeans, "onUpdated" | "closing">;

async function checkAgain(itemId: string, means: Means, signal: AbortSignal): Promise<void> {
  for (const item of await means.shelf.list()) {
    for (const old of item.checks.filter((report) => report.stale && (report.itemId === itemId || report.baseId === itemId))) {
      if (signal.aborted) return;
      await checkOne(item, old, { means, signal });
    }
  }
}

/** What goes wrong is told, and the check stays stale: nobody waits for it who could be told otherwise. */
async function checkOne(item: ShelfItem, old: ShelfItem["checks"][number], { means, signal }: { means: Means; signal: AbortSignal }): Promise<void> {
  try {
    const input = { id: item.id, baseId: old.baseId, scale: old.scale, prompts: [] };
    for await (const event of check(input, means, signal)) {
      if (event.type === "done" && event.report.verdict !== old.verdict) means.onNotice(event.report.verdict === "fits" ? "info" : "warning", `${item.name} was checked again, because its file or its base is another one now. ${event.report.text}`);
    }
  } catch (error) {
    if (!isAbort(error)) means.onNotice("warning", `${item.name} could not be checked again after a change: ${error instanceof Error ? error.message : String(error)}`);
  }
}
