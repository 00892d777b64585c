import { LorekeepError } from "../../engine/base/errors.ts";
import { gateModes, type FineTune, type GateMode, type GateRecord } from "../../engine/contract/index.ts";
import { shelfId } from "../lookup.ts";
import type { Session } from "../session.ts";
import { duration, UsageError } from "../terminal.ts";
import { setOf } from "./evaluate-run.ts";
import { findFineTune } from "./versions.ts";

export interface PromoteOptions {
  readonly set?: string;
  readonly mode?: GateMode | "both";
  readonly base?: string;
  readonly most?: number;
  readonly maxTokens?: number;
  readonly fresh?: boolean;
  readonly anyway?: boolean;
}

/** Beyond the codes every command has: the gate found the version worse, and the default stayed. */
const GATE_EXIT = 14;

/** lorekeep models promote NAME VERSION [--set SET] [--anyway]: the gate, then the promotion. Sets the exit code where the gate stops it. */
export async function promoteVersion(session: Session, name: string, wanted: string, options: PromoteOptions): Promise<void> {
  const { client, terminal, signal } = session;
  const tune = await findFineTune(client, name);
  const { id: versionId, number } = versionOf(tune, wanted);
  const ask = { id: tune.id, versionId };
  const gate = options.set === undefined ? undefined : await runGate(session, ask, options.set, options);
  if (signal.aborted) return;
  for (const line of gate ? gateLines(gate, tune) : []) terminal.line(line);
  if (gate?.decision === "worse" && !options.anyway) {
    terminal.line(`\nStopped at the gate: version ${numberOf(tune, tune.defaultVersionId)} stays the default of ${tune.name}. --anyway promotes it all the same, and is recorded.`);
    terminal.result({ promoted: false, gate, fineTune: await findFineTune(client, tune.id) });
    process.exitCode = GATE_EXIT;
    return;
  }
  const promoted = await client.models.fineTunes.promote({ ...ask, anyway: options.anyway ?? false });
  terminal.line(`Version ${number} is the default of ${promoted.name}.${promoted.history.at(-1)?.kind === "promoted-anyway" ? " That it was promoted anyway is written into its history." : ""}`);
  terminal.result({ promoted: true, ...(gate ? { gate } : {}), fineTune: promoted });
}

/** Ctrl-C stops the gate, and not before its last answer is kept. */
async function runGate(session: Session, ask: { id: string; versionId: string }, wanted: string, options: PromoteOptions): Promise<GateRecord | undefined> {
  const { client, terminal, signal } = session;
  const set = await setOf(session, wanted);
  const { mode, most, maxTokens } = options;
  const input = {
    ...ask, setId: set.id, fresh: options.fresh ?? false, sampling: maxTokens === undefined ? {} : { maxTokens },
    ...(mode === undefined ? {} : { modes: mode === "both" ? [...gateModes] : [mode] }), ...(most === undefined ? {} : { most }),
    ...(options.base === undefined ? {} : { modelId: await shelfId(client, options.base, "model") }),
  };
  try {
    for await (const event of await client.models.fineTunes.gate(input, { signal })) {
      if (event.type === "done") return event.gate;
      const { done, total, leftSeconds, variant } = event.run.progress;
      terminal.progress(`${done}/${total}${variant === undefined ? "" : ` · ${variant}`}${leftSeconds === undefined || leftSeconds < 1 ? "" : ` · about ${duration(leftSeconds)} left`}`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    terminal.endProgress();
  }
  terminal.say("Stopped. The same command goes on there.");
  terminal.result({ promoted: false, stopped: true });
  return undefined;
}

function versionOf(tune: FineTune, wanted: string): FineTune["versions"][number] {
  const number = Number(wanted);
  if (!Number.isInteger(number)) throw new UsageError(`"${wanted}" is not the number of a version.`);
  const version = tune.versions.find((one) => one.number === number);
  if (version) return version;
  throw new LorekeepError("NOT_FOUND", { reason: `${tune.name} has no version ${number}.`, next: `There are: ${tune.versions.map((one) => one.number).join(", ")}.` });
}

const numberOf = ({ versions }: FineTune, id: string | undefined) => versions.find((one) => one.id === id)?.number;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const short = (text = "") => { const line = text.trim().replace(/\s+/g, " "); return line.length > 100 ? `${line.slice(0, 99)}…` : line || "(nothing)"; };

function gateLines({ set, corners, worse, defaultVersionId, candidateVersionId }: GateRecord, tune: FineTune): string[] {
  const [before, after] = [numberOf(tune, defaultVersionId), numberOf(tune, candidateVersionId)];
  const chance = (p: number) => (p < 0.05 ? `hardly chance, p = ${p < 0.001 ? "< 0.001" : p.toFixed(3)}` : `may be chance, p = ${p.toFixed(2)}`);
  return [
    ...corners.map(({ mode, n, defaultScore, candidateScore, p }) => `${set}, ${mode}: version ${before} (default) ${percent(defaultScore)} right, version ${after} ${percent(candidateScore)}, of ${n} questions${defaultScore === candidateScore ? "" : ` (${chance(p)})`}`),
    ...(worse.length > 0 ? ["", `Got worse (${worse.length}):`, ...worse.flatMap(({ question, mode, before: old, after: now }) => [`  ${question}${corners.length > 1 ? `  (${mode})` : ""}`, `    before  ${short(old)}`, `    now     ${short(now)}`])] : []),
  ];
}
