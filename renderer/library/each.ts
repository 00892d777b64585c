import { failureOf } from "../engine/failure.ts";

export interface EachResult { readonly done: number; readonly failures: readonly unknown[] }

/** Runs a call for each id, a few side by side, and goes on past those that fail. */
export async function each<T>(items: readonly T[], call: (item: T) => Promise<unknown>, onProgress?: (done: number) => void): Promise<EachResult> {
  const failures: unknown[] = [];
  let next = 0;
  let done = 0;
  const lane = async () => {
    for (;;) {
      const item = items[next++];
      if (item === undefined) return;
      try {
        await call(item);
      } catch (error) {
        // Each failure is kept and told once at the end; a cut line would only repeat itself.
        failures.push(error);
        if (failureOf(error).code === "CONNECTION_LOST") next = items.length;
      }
      done++;
      onProgress?.(done);
    }
  };
  await Promise.all(Array.from({ length: 6 }, lane));
  return { done: done - failures.length, failures };
}
