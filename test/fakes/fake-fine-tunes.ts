import { LorekeepError } from "../../engine/base/errors.ts";
import { checkStages, type CheckEvent, type CheckReport, type FineTune, type GateEvent, type ShelfItem } from "../../engine/contract/index.ts";
import { os } from "../../engine/contract/server.ts";
import { judge } from "../../engine/evaluation/gate/judge.ts";
import * as versions from "../../engine/models/versions.ts";
import type { FakeWorld } from "./fake-world.ts";

/** A check that passes every stage and finds that the fine-tune fits. */
export async function* checking(world: FakeWorld, item: ShelfItem, baseId = item.fineTuneOf?.id): AsyncGenerator<CheckEvent> {
  const base = world.models.find(({ id }) => id === baseId);
  if (!base) throw new LorekeepError("INVALID", { reason: `It is not known which model ${item.name} was made from.`, next: "Choose its base model.", field: "baseId" });
  for (const stage of checkStages) {
    yield { type: "stage", stage, done: 0, total: 0 };
    await world.sleep(world.stepMs / 4);
  }
  const finding = { stage: "shapes" as const, level: "ok" as const, text: "All 14 tensors it changes are in the model and have its shape." };
  yield { type: "finding", finding };
  const report: CheckReport = {
    itemId: item.id, fileSha256: item.sha256, baseId: base.id, baseSha256: base.sha256, checked: "2026-05-02T08:00:00.000Z", scale: 1, verdict: "fits", text: "The adapter fits. It changes the answers: at 40 % of the places another word comes first.",
    findings: [finding], divergence: { mean: 0.4, max: 3.1, changedTop: 0.4, positions: 64 }, samples: [{ prompt: "Name three colours.", base: "Red, green, blue.", tuned: "Crimson, jade and azure." }], ms: 900,
  };
  Object.assign(item, { checks: [...(item.checks ?? []).filter((kept) => kept.baseId !== base.id), { ...report, stale: false }] });
  world.changed("models", item.id);
  yield { type: "done", report };
}

/** The rules are the engine's own (engine/models/versions.ts); only the keeping is the fake world's. */
export function fineTuneHandlers(world: FakeWorld) {
  const routes = os.models.fineTunes;
  const tunes = new Map<string, FineTune>();
  const keep = (tune: FineTune) => {
    tunes.set(tune.id, tune);
    world.changed("models");
    return tune;
  };
  const get = (id: string) => {
    const tune = tunes.get(id);
    if (!tune) throw new LorekeepError("NOT_FOUND", "This fine-tune is not there any more.");
    return tune;
  };
  const when = "2026-05-02T08:00:00.000Z";
  const version = (about: Pick<versions.NewVersion, "itemId" | "notes" | "lineage">) => ({ ...about, id: world.id("v"), sha256: "0".repeat(64), when });
  return {
    list: routes.list.handler(() => [...tunes.values()]),
    create: routes.create.handler(({ input: { name, ...about } }) => keep(versions.newFineTune({ id: world.id("t"), name, kind: world.models.find(({ id }) => id === about.itemId)?.kind === "model" ? "model" : "adapter" }, version(about)))),
    addVersion: routes.addVersion.handler(({ input: { id, ...about } }) => keep(versions.addVersion(get(id), version(about)))),
    update: routes.update.handler(({ input }) => {
      const noted = input.versionId && input.notes !== undefined ? versions.annotate(get(input.id), input.versionId, { notes: input.notes }) : get(input.id);
      return keep({ ...versions.withSchema(noted, input.jsonSchema, input.jsonSchemaUse), ...(input.name ? { name: input.name } : {}) });
    }),
    removeVersion: routes.removeVersion.handler(({ input }) => keep(versions.removeVersion(get(input.id), input.versionId, when))),
    remove: routes.remove.handler(({ input }) => { tunes.delete(input.id); world.changed("models"); }),
    promote: routes.promote.handler(({ input }) => keep(versions.promote(get(input.id), input.versionId, { anyway: input.anyway, hasQuestions: false, when }))),
    gate: routes.gate.handler(async function* ({ input }): AsyncGenerator<GateEvent> {
      const tune = get(input.id);
      const [before, after] = [tune.defaultVersionId ?? "", input.versionId];
      const question = { id: "q1", question: "How long is the notice period?", mode: "hybrid" as const, before: { text: "Three months.", right: true }, after: { text: "I don't know.", right: false } };
      const record = judge({ set: "Contracts", setId: input.setId, runId: world.id("run"), defaultVersionId: before, candidateVersionId: after, when }, [question, { ...question, id: "q2", after: question.before }]);
      yield { type: "done", gate: record, fineTune: keep(versions.addGate(tune, record)) };
    }),
    rollback: routes.rollback.handler(({ input }) => keep(versions.rollback(get(input.id), when))),
  };
}
