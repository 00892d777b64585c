import { LorekeepError } from "../../engine/base/errors.ts";
import type { Comparison } from "../../engine/contract/index.ts";
import type { CompareMeans } from "../../engine/evaluation/compare/compare.ts";
import { standingsOf } from "../../engine/evaluation/compare/comparisons.ts";
import { compareRoutes } from "../../engine/evaluation/compare/routes.ts";
import { fakeAsking } from "./fake-answers.ts";
import type { FakeWorld } from "./fake-world.ts";

/** The contract's part `compare`: the engine's own comparing over the fake's answers, kept in memory. */
export function compareHandlers(world: FakeWorld) {
  const kept = new Map<string, Comparison>();
  const { ask, regenerate, find } = fakeAsking(world);
  const means: CompareMeans = {
    answers: {
      ask, regenerate,
      conversations: { update: async (id, { head }) => Object.assign(find(id), head === undefined ? {} : { head }) },
    },
    comparisons: {
      list: () => [...kept.values()].reverse(),
      get: (id) => {
        const found = kept.get(id);
        if (!found) throw new LorekeepError("NOT_FOUND", "There is no such comparison.");
        return found;
      },
      put: async (one) => { kept.set(one.id, one); return one; },
      remove: async (id) => { kept.delete(id); },
      standings: () => standingsOf([...kept.values()]),
    },
  };
  return compareRoutes(means, () => world.changed("comparisons"));
}
