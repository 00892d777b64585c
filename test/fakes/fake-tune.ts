import { LorekeepError } from "../../engine/base/errors.ts";
import { os } from "../../engine/contract/server.ts";

/** The contract's part `tune` over the fake's shelf: a merge and a conversion begin and then say that nothing is really made here. */
export function tuneHandlers() {
  return {
    convert: os.tune.convert.handler(async function* () {
      await Promise.resolve();
      yield { type: "progress" as const, step: "converting" as const, done: 0, total: 1 };
      throw new LorekeepError("UNSUPPORTED", "The fake engine makes no files.");
    }),
    merge: os.tune.merge.handler(async function* () {
      await Promise.resolve();
      yield { type: "progress" as const, step: "merging" as const, done: 0, total: 1 };
      throw new LorekeepError("UNSUPPORTED", "The fake engine makes no files.");
    }),
  };
}
