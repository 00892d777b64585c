import { expect, test } from "vitest";
import { Emitter } from "../../../engine/base/emitter.ts";

test("a stream gives every value in order, undefined too, and ends with its signal", async () => {
  const emitter = new Emitter<number | undefined>();
  const stop = new AbortController();
  const seen: (number | undefined)[] = [];
  const reading = (async () => {
    for await (const value of emitter.stream(stop.signal)) {
      seen.push(value);
      if (seen.length === 4) stop.abort();
    }
  })();
  await Promise.resolve();
  for (const value of [1, undefined, 2, 3]) emitter.emit(value);
  await reading;
  expect(seen).toEqual([1, undefined, 2, 3]);
  expect(emitter.listenerCount).toBe(0);
});
