import { LorekeepError } from "../../engine/base/errors.ts";
import { checkStages, type CheckEvent, type CheckInput, type CheckReport, type CheckVerdict, type FineTune, type GateEvent, type GateInput, type ShelfItem } from "../../engine/contract/index.ts";
import { os } from "../../engine/contract/server.ts";
import { judge } from "../../engine/evaluation/gate/judge.ts";
import * as versions from "../../engine/models/versions.ts";
import type { FakeWorld } from "./fake-world.ts";

const WHEN = "2026-05-02T08:00:00.000Z";
type Evidence = Pick<CheckReport, "text" | "next" | "findings" | "divergence" | "samples">;
const shapes = { stage: "shapes" as const, level: "ok" as const, text: "All 14 tensors it changes are in the model and have its shape." };
const sample = { prompt: "Name three colours.", base: "Red, green, blue.", tuned: "Crimson, jade and azure." };

/** What each verdict rests on, as the engine words it. */
const evidence: Readonly<Record<CheckVerdict, Evidence>> = {
  fits: { text: "The adapter fits. It changes the answers: at 40 % of the places another word comes first.", findings: [shapes], divergence: { mean: 0.4, max: 3.1, changedTop: 0.4, positions: 64 }, samples: [sample] },
  "changes-nothing": { text: "The adapter fits, but changes nothing: on 1 questions the answers and their probabilities stay as they are.", next: "If it is for one kind of question, check it again with one of those.", findings: [shapes], divergence: { mean: 0, max: 0, changedTop: 0, positions: 64 }, samples: [{ ...sample, tuned: sample.base }] },
  "breaks-output": { text: "The adapter fits, but breaks the output: it repeats itself in 1 of 1 answers.", next: "Try it at a lower strength, or train it again with a lower learning rate.", findings: [shapes], divergence: { mean: 5.2, max: 11, changedTop: 0.98, positions: 64 }, samples: [{ ...sample, tuned: "red red red red", problem: "repeats" }] },
  "other-base": { text: "The adapter is for another base. blk.0.attn_q.weight has 64 columns, the model 96.", next: "Choose the base model it was made from.", findings: [{ stage: "shapes", level: "failure", text: "blk.0.attn_q.weight has 64 columns, the model 96.", tensor: "blk.0.attn_q.weight" }], samples: [] },
  damaged: { text: "The adapter is damaged. The file breaks off in the middle of a tensor.", next: "Download, convert or train it again.", findings: [{ stage: "file", level: "failure", text: "The file breaks off in the middle of a tensor." }], samples: [] },
};

/** A check that passes every stage, and comes to what the world says of the item. */
export async function* checking(world: FakeWorld, item: ShelfItem, { baseId = item.fineTuneOf?.id, prompts, scale }: Pick<CheckInput, "baseId" | "prompts" | "scale">): AsyncGenerator<CheckEvent> {
  const base = world.models.find(({ id }) => id === baseId);
  if (!base) throw new LorekeepError("INVALID", { reason: `It is not known which model ${item.name} was made from.`, next: "Choose its base model.", field: "baseId" });
  const verdict = world.verdicts.get(item.id) ?? "fits";
  const found = evidence[verdict];
  for (const stage of checkStages) {
    const total = stage === "probe" || stage === "sample" ? 1 + prompts.length : 0;
    yield { type: "stage", stage, done: 0, total };
    await world.sleep(world.stepMs / 4);
    for (const finding of found.findings) if (finding.stage === stage) yield { type: "finding", finding };
    if (found.findings.some(({ stage: at, level }) => at === stage && level === "failure")) break;
  }
  const own = found.samples.length > 0 ? prompts.map((prompt) => ({ prompt, base: "Without it.", tuned: "With it." })) : [];
  const report: CheckReport = { ...found, samples: [...found.samples, ...own], itemId: item.id, fileSha256: item.sha256, baseId: base.id, baseSha256: base.sha256, checked: WHEN, scale, verdict, ms: 900 };
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
  const when = WHEN;
  const fileOf: versions.FileOf = ({ itemId }) => world.models.find(({ id }) => id === itemId)?.sha256;
  const version = (about: Pick<versions.NewVersion, "itemId" | "notes" | "lineage">) => ({ ...about, id: world.id("v"), sha256: "0".repeat(64), when });
  return {
    list: routes.list.handler(() => [...tunes.values()].map((tune) => versions.withStale(tune, fileOf))),
    create: routes.create.handler(({ input: { name, ...about } }) => keep(versions.newFineTune({ id: world.id("t"), name, kind: world.models.find(({ id }) => id === about.itemId)?.kind === "model" ? "model" : "adapter" }, version(about)))),
    addVersion: routes.addVersion.handler(({ input: { id, ...about } }) => keep(versions.addVersion(get(id), version(about)))),
    update: routes.update.handler(({ input }) => {
      const noted = input.versionId && input.notes !== undefined ? versions.annotate(get(input.id), input.versionId, { notes: input.notes }) : get(input.id);
      return keep({ ...versions.withSchema(noted, input.jsonSchema, input.jsonSchemaUse), ...(input.name ? { name: input.name } : {}) });
    }),
    removeVersion: routes.removeVersion.handler(({ input }) => keep(versions.removeVersion(get(input.id), input.versionId, when))),
    remove: routes.remove.handler(({ input }) => { tunes.delete(input.id); world.changed("models"); }),
    promote: routes.promote.handler(({ input }) => keep(versions.promote(get(input.id), input.versionId, { anyway: input.anyway, hasQuestions: world.sets.size > 0, fileOf, when }))),
    gate: routes.gate.handler(({ input }) => gating(world, get(input.id), input, keep)),
    rollback: routes.rollback.handler(({ input }) => keep(versions.rollback(get(input.id), { fileOf, when }))),
  };
}

/** Everything is right, but a version whose item is called worse loses the first question. */
async function* gating(world: FakeWorld, tune: FineTune, { versionId, setId, modes = ["hybrid"], most }: Pick<GateInput, "versionId" | "setId" | "modes" | "most">, keep: (tune: FineTune) => FineTune): AsyncGenerator<GateEvent> {
  const set = world.sets.get(setId);
  if (!set) throw new LorekeepError("NOT_FOUND", "There is no such question set.");
  const worse = world.models.find(({ id }) => id === tune.versions.find((version) => version.id === versionId)?.itemId)?.name.includes("worse") === true;
  const questions = set.questions.slice(0, most);
  const total = questions.length * 2 * modes.length;
  const run = { id: world.id("run"), setId, setName: set.name, started: WHEN, updated: WHEN, state: "running" as const, questions: questions.length, variants: [] };
  for (let done = 0; done <= total; done++) {
    yield { type: "progress", run: { ...run, progress: { done, total, step: "answering", byVariant: [] } } };
    await world.sleep(world.stepMs);
  }
  const right = { text: "Three months.", right: true };
  const answers = modes.flatMap((mode) => questions.map(({ id, question }, place) => ({ id, question, mode, before: right, after: worse && place === 0 ? { text: "I don't know.", right: false } : right })));
  const fileOf = (versionOf: string | undefined) => world.models.find(({ id }) => id === tune.versions.find((version) => version.id === versionOf)?.itemId)?.sha256 ?? "";
  const gate = judge({ set: set.name, setId, runId: run.id, defaultSha256: fileOf(tune.defaultVersionId), candidateSha256: fileOf(versionId), defaultVersionId: tune.defaultVersionId ?? "", candidateVersionId: versionId, when: WHEN }, answers);
  yield { type: "done", gate, fineTune: keep(versions.addGate(tune, gate)) };
}
