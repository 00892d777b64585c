import { pump } from "../../base/pump.ts";
import type { CompareEvent } from "../../contract/compare.ts";
import { os, stream } from "../../contract/server.ts";
import { choose, compare, type CompareMeans } from "./compare.ts";

/** The contract's part `compare`. */
export function compareRoutes(means: CompareMeans, tell: () => void) {
  const { comparisons } = means;
  const told = <T>(value: T): T => {
    tell();
    return value;
  };
  return {
    ask: os.compare.ask.handler(({ input, signal }) => stream(pump<CompareEvent>((emit, stop) => compare(input, means, emit, stop).finally(tell), signal))),
    list: os.compare.list.handler(() => comparisons.list()),
    get: os.compare.get.handler(({ input }) => comparisons.get(input.id)),
    choose: os.compare.choose.handler(async ({ input: { id, winner } }) => told(await choose(id, winner, means))),
    remove: os.compare.remove.handler(async ({ input }) => told(await comparisons.remove(input.id))),
    standings: os.compare.standings.handler(() => comparisons.standings()),
  };
}
