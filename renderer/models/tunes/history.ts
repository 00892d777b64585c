import type { FineTune, FineTuneVersion, GateRecord, Promotion } from "../../../engine/contract/index.ts";

/** With a space that does not break. */
export const percent = (share: number): string => `${Math.round(share * 100)}\u00a0%`;

export const versionOf = (tune: FineTune, id: string | undefined): FineTuneVersion | undefined => tune.versions.find((version) => version.id === id);

/** What a rollback would go back to, by the rule of the engine (engine/models/versions.ts): promotions are a stack, each rollback takes one off. */
export function previousDefault(tune: FineTune): FineTuneVersion | undefined {
  const stack: string[] = [];
  for (const { kind, to } of tune.history) {
    if (kind === "rolled-back") stack.pop();
    else if (to !== undefined) stack.push(to);
  }
  stack.pop();
  return stack.reverse().filter((id) => id !== tune.defaultVersionId).map((id) => versionOf(tune, id)).find((version) => version !== undefined);
}

const against = (tune: FineTune, versionId: string) => tune.gates.find((gate) => gate.candidateVersionId === versionId && gate.defaultVersionId === tune.defaultVersionId);

/** The newest gate of a candidate that was held against the present default; one against an older default, or of other files, says nothing any more. */
export function gateOf(tune: FineTune, versionId: string): GateRecord | undefined {
  const gate = against(tune, versionId);
  return gate?.stale ? undefined : gate;
}

/** There was one, and a file was replaced since. */
export const hasStaleGate = (tune: FineTune, versionId: string): boolean => against(tune, versionId)?.stale === true;

/** Neither version got a question right: the set does not tell them apart, and "as good" would mean nothing. */
export const isSilent = (gate: GateRecord): boolean => gate.candidateScore === 0 && gate.defaultScore === 0;

/** "80 % right on Survey, the default 60 %" */
export const gateWords = (gate: GateRecord): string => `${percent(gate.candidateScore)} right on ${gate.set}, the default before it ${percent(gate.defaultScore)}${gate.worse.length > 0 ? `; ${gate.worse.length} of ${gate.n} questions got worse` : ""}`;

/** One change of the default as a sentence. */
export function promotionWords({ kind, number, gate }: Promotion): string {
  const by = gate ? ` (${gateWords(gate)})` : "";
  switch (kind) {
    case "first": return `Version ${number} is the first, and the default.`;
    case "promoted": return `Version ${number} became the default${gate ? by : ", without a question set"}.`;
    case "promoted-anyway": return gate?.decision === "worse" ? `Version ${number} became the default although it does worse${by}.` : `Version ${number} became the default without being asked the questions.`;
    case "rolled-back": return `Rolled back to version ${number}.`;
    case "removed": return `Version ${number} was removed.`;
  }
}
