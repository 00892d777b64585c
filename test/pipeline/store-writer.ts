// Child process of store-kill.test.ts: changes documents for ever, saying on standard output what it is about to do and what is done.
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import { DIMENSIONS } from "../suites/store-documents.ts";
import { act, random, type Step } from "../suites/store-steps.ts";

const [uri = "", seed = "1", known = "{}"] = process.argv.slice(2);
const versions: Record<string, number> = JSON.parse(known);
const next = random(Number(seed));
const store = await openKnowledge({ uri, embedderIdentity: "kill:16d", dimensions: DIMENSIONS, limits: { commits: 12, unindexedRows: 40, keepVersionsMs: 0 } });
process.stdout.write("open\n");
await store.recover();
for (;;) {
  const ids = Array.from({ length: 1 + next(4) }, () => `d${next(12)}`).filter((id, i, all) => all.indexOf(id) === i);
  const [first = "d0"] = ids;
  const kind = next(10);
  const step: Step = kind < 7 ? { put: Object.fromEntries(ids.map((id) => [id, (versions[id] ?? 0) + 1 + next(3)])) }
    : kind < 9 || !(first in versions) ? { remove: ids } : { relabel: first, collectionId: `c${next(5)}` };
  process.stdout.write(`${JSON.stringify(step)}\n`);
  await act(store, step);
  if ("put" in step) Object.assign(versions, step.put);
  if ("remove" in step) for (const id of step.remove) delete versions[id];
  process.stdout.write("done\n");
}
