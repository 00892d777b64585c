import { LorekeepError } from "../base/errors.ts";
import type { FineTune, FineTuneVersion, GateRecord, Lineage, Promotion, VersionScore } from "../contract/fine-tunes.ts";

/**
 * A fine-tune and its versions as plain values: every function gives a new one and changes nothing. Which version is the default is only ever
 * changed here, and every change stays in the history.
 */

export interface NewVersion {
  readonly id: string;
  readonly itemId: string;
  readonly sha256: string;
  readonly notes: string;
  readonly lineage: Lineage;
  /** ISO time. */
  readonly when: string;
}

export function newFineTune(about: { id: string; name: string; kind: FineTune["kind"] }, first: NewVersion): FineTune {
  const version = toVersion(first, 1);
  return { ...about, versions: [version], defaultVersionId: version.id, history: [{ kind: "first", to: version.id, number: 1, when: first.when }], gates: [] };
}

/** The default stays what it was. @throws LorekeepError CONFLICT where it has this item already. */
export function addVersion(tune: FineTune, version: NewVersion): FineTune {
  const same = tune.versions.find(({ itemId }) => itemId === version.itemId);
  if (same) throw new LorekeepError("CONFLICT", { reason: `This is version ${same.number} of ${tune.name} already.` });
  const numbers = [...tune.versions.map(({ number }) => number), ...numbersOfTheGone(tune)];
  return { ...tune, versions: [...tune.versions, toVersion(version, Math.max(0, ...numbers) + 1)] };
}

/** @throws LorekeepError CONFLICT for the default while there are others. */
export function removeVersion(tune: FineTune, versionId: string, when: string): FineTune {
  const version = find(tune, versionId);
  const isDefault = tune.defaultVersionId === versionId;
  if (isDefault && tune.versions.length > 1) throw new LorekeepError("CONFLICT", { reason: `Version ${version.number} is the default of ${tune.name}.`, next: "Make another version the default first." });
  const { defaultVersionId: _, ...rest } = tune;
  const removed: Promotion = { kind: "removed", from: versionId, number: version.number, when };
  return { ...rest, ...(isDefault ? {} : { defaultVersionId: tune.defaultVersionId }), versions: tune.versions.filter(({ id }) => id !== versionId), history: [...tune.history, removed] };
}

export function annotate(tune: FineTune, versionId: string, change: Partial<Pick<FineTuneVersion, "notes">>): FineTune {
  find(tune, versionId);
  return { ...tune, versions: tune.versions.map((version) => (version.id === versionId ? { ...version, ...change } : version)) };
}

/** @param schema null takes it away, with how it is used; undefined leaves it */
export function withSchema({ jsonSchema, jsonSchemaUse, ...tune }: FineTune, schema: FineTune["jsonSchema"] | null, use: FineTune["jsonSchemaUse"]): FineTune {
  const [now, how] = [schema === undefined ? jsonSchema : (schema ?? undefined), use ?? jsonSchemaUse];
  return { ...tune, ...(now ? { jsonSchema: now, ...(how ? { jsonSchemaUse: how } : {}) } : {}) };
}

/** Keeps what an evaluation said; the same run and corner replace what they said before. */
export function addScore(tune: FineTune, versionId: string, score: VersionScore): FineTune {
  find(tune, versionId);
  const scores = (version: FineTuneVersion) => [...version.scores.filter(({ runId, mode }) => runId !== score.runId || mode !== score.mode), score];
  return { ...tune, versions: tune.versions.map((version) => (version.id === versionId ? { ...version, scores: scores(version) } : version)) };
}

/** Keeps the newest gate of each candidate. */
export function addGate(tune: FineTune, gate: GateRecord): FineTune {
  find(tune, gate.candidateVersionId);
  return { ...tune, gates: [...tune.gates.filter(({ candidateVersionId }) => candidateVersionId !== gate.candidateVersionId), gate] };
}

export type FileOf = (version: FineTuneVersion) => string | undefined;

/** A gate speaks of the very files that answered: one that was replaced since, under the same version, has not been asked. */
export function isStale(tune: FineTune, gate: GateRecord, fileOf: FileOf): boolean {
  const sides = [[gate.defaultVersionId, gate.defaultSha256], [gate.candidateVersionId, gate.candidateSha256]] as const;
  return sides.some(([versionId, sha256]) => {
    const version = tune.versions.find(({ id }) => id === versionId);
    return sha256 === undefined || !version || fileOf(version) !== sha256;
  });
}

/** As it is shown: with what does not hold any more. */
export function withStale(tune: FineTune, fileOf: FileOf): FineTune {
  return {
    ...tune, gates: tune.gates.map((gate) => ({ ...gate, stale: isStale(tune, gate, fileOf) })),
    versions: tune.versions.map((version) => ({ ...version, scores: version.scores.map((score) => ({ ...score, stale: score.sha256 !== fileOf(version) })) })),
  };
}

export interface Promoting {
  readonly anyway: boolean;
  /** Hash of a version's file as it is now; undefined where it is not on the shelf. */
  readonly fileOf: FileOf;
  /** There are questions a gate could ask. */
  readonly hasQuestions: boolean;
  /** ISO time. */
  readonly when: string;
}

/**
 * Makes a version the default, with the gate it went through. One that its gate calls worse needs `anyway`, and so does one that went through
 * none although it could have: promoting runs the gate. A gate against a version that is not the default any more says nothing, nor does one of
 * other files.
 * @throws LorekeepError CONFLICT, NOT_FOUND.
 */
export function promote(tune: FineTune, versionId: string, { anyway, fileOf, hasQuestions, when }: Promoting): FineTune {
  const version = find(tune, versionId);
  if (tune.defaultVersionId === versionId) return tune;
  refuseWithoutFile(tune, version, fileOf);
  const against = tune.gates.find((one) => one.candidateVersionId === versionId && one.defaultVersionId === tune.defaultVersionId);
  const gate = against && !isStale(tune, against, fileOf) ? against : undefined;
  const isWorse = gate?.decision === "worse";
  const isUntold = !gate && hasQuestions && tune.defaultVersionId !== undefined;
  if (isWorse && !anyway) throw stopped(tune, version, gate);
  if (isUntold && !anyway) {
    throw new LorekeepError("CONFLICT", {
      reason: against ? `Since version ${version.number} of ${tune.name} was held against the default, the file of one of them was replaced.` : `Version ${version.number} of ${tune.name} has not been held against the default yet.`,
      next: against ? "Run the gate again, or promote it anyway: that is written into its history." : "Run the gate on a question set first, or promote it anyway: that is written into its history.",
    });
  }
  return withDefault(tune, versionId, { kind: isWorse || isUntold ? "promoted-anyway" : "promoted", when, ...(gate ? { gate } : {}) });
}

function stopped(tune: FineTune, version: FineTuneVersion, gate: GateRecord): LorekeepError {
  const asked = gate.corners.length > 1 ? `${gate.n} answers` : `${gate.n} questions`;
  return new LorekeepError("CONFLICT", {
    reason: `Version ${version.number} of ${tune.name} does worse on ${gate.set}: ${percent(gate.candidateScore)} right, the default ${percent(gate.defaultScore)}; ${gate.worse.length} of ${asked} got worse.`,
    next: "Keep the default, or promote it anyway: that is written into its history.",
  });
}

/** One step back: the default that the present one took the place of, skipping versions that are gone. @throws LorekeepError CONFLICT; NOT_FOUND where its file is off the shelf. */
export function rollback(tune: FineTune, { fileOf, when }: Pick<Promoting, "fileOf" | "when">): FineTune {
  const before = previous(tune);
  if (before === undefined) throw new LorekeepError("CONFLICT", { reason: `${tune.name} has had no other default that is still there.` });
  refuseWithoutFile(tune, find(tune, before), fileOf);
  return withDefault(tune, before, { kind: "rolled-back", when });
}

/** The version that stands for the fine-tune. */
export function defaultVersion(tune: FineTune): FineTuneVersion | undefined {
  return tune.versions.find(({ id }) => id === tune.defaultVersionId);
}

/** Promotions are a stack: each rollback takes one off, so that a second rollback goes a second step back and not forth again. */
function previous(tune: FineTune): string | undefined {
  const stack: string[] = [];
  for (const { kind, to } of tune.history) {
    if (kind === "rolled-back") stack.pop();
    else if (to !== undefined) stack.push(to);
  }
  stack.pop();
  const isThere = (id: string) => id !== tune.defaultVersionId && tune.versions.some((version) => version.id === id);
  return stack.reverse().find(isThere);
}

/** Nothing could answer with it. */
function refuseWithoutFile(tune: FineTune, version: FineTuneVersion, fileOf: FileOf): void {
  if (fileOf(version) !== undefined) return;
  throw new LorekeepError("NOT_FOUND", { reason: `The file of version ${version.number} of ${tune.name} is not on the shelf any more.`, next: "Make another version the default, or put the file on the shelf again and make it a version anew." });
}

function withDefault(tune: FineTune, to: string, how: Pick<Promotion, "kind" | "when" | "gate">): FineTune {
  return { ...tune, defaultVersionId: to, history: [...tune.history, { ...how, ...(tune.defaultVersionId ? { from: tune.defaultVersionId } : {}), to, number: find(tune, to).number }] };
}

function find(tune: FineTune, versionId: string): FineTuneVersion {
  const found = tune.versions.find(({ id }) => id === versionId);
  if (found) return found;
  throw new LorekeepError("NOT_FOUND", { reason: `${tune.name} has no such version any more.` });
}

const toVersion = ({ when, ...version }: NewVersion, number: number): FineTuneVersion => ({ ...version, number, added: when, scores: [] });
const numbersOfTheGone = (tune: FineTune) => tune.history.filter(({ kind }) => kind === "removed").map(({ number }) => number);
const percent = (share: number) => `${Math.round(share * 100)} %`;
