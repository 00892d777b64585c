import { LorekeepError } from "../../engine/base/errors.ts";
import type { EngineClient, FineTune, FineTuneVersion } from "../../engine/contract/index.ts";
import { isFineTune, shelfId } from "../lookup.ts";
import type { Session } from "../session.ts";

/** lorekeep models versions [NAME]: fine-tunes with their versions, scores and history. */
export async function listVersions({ client, terminal }: Session, name: string | undefined): Promise<void> {
  const all = await client.models.fineTunes.list();
  const shown = name === undefined ? all : [await findFineTune(client, name)];
  for (const tune of shown) for (const line of lines(tune)) terminal.line(line);
  if (shown.length === 0) terminal.line('No fine-tunes yet. Make one of an adapter: lorekeep models version tone-lora.gguf --of "Tone".');
  terminal.result({ fineTunes: shown });
}

/** lorekeep models version FILE --of NAME: a further version, or the first of a new fine-tune. */
export async function addVersion({ client, terminal }: Session, wanted: string, options: { of: string; notes?: string }): Promise<void> {
  const itemId = await shelfId(client, wanted);
  const notes = options.notes ?? "";
  const known = await client.models.fineTunes.list().then((all) => all.find((tune) => isFineTune(tune, options.of)));
  const tune = known ? await client.models.fineTunes.addVersion({ id: known.id, itemId, notes }) : await client.models.fineTunes.create({ name: options.of, itemId, notes });
  terminal.line(`${tune.name} has version ${tune.versions.at(-1)?.number}${known ? "; the default stays what it was" : ", which is its default"}.`);
  terminal.result({ fineTune: tune });
}

/** lorekeep models rollback NAME. */
export async function rollBack({ client, terminal }: Session, name: string): Promise<void> {
  const tune = await client.models.fineTunes.rollback({ id: (await findFineTune(client, name)).id });
  terminal.line(`Version ${defaultOf(tune)?.number} is the default of ${tune.name} again.`);
  terminal.result({ fineTune: tune });
}

/** lorekeep models base FINE-TUNE MODEL: says once what it was made from. */
export async function setBase({ client, terminal }: Session, wanted: string, base: string): Promise<void> {
  const item = await client.models.setBase({ id: await shelfId(client, wanted), baseId: await shelfId(client, base, "model") });
  terminal.line(`${item.name} belongs to ${item.fineTuneOf?.name}.`);
  terminal.result({ model: item });
}

const defaultOf = (tune: FineTune) => tune.versions.find(({ id }) => id === tune.defaultVersionId);

/** By name or id. @throws LorekeepError NOT_FOUND */
export async function findFineTune(client: EngineClient, name: string): Promise<FineTune> {
  const all = await client.models.fineTunes.list();
  const found = all.find((tune) => isFineTune(tune, name));
  if (found) return found;
  throw new LorekeepError("NOT_FOUND", { reason: `There is no fine-tune "${name}".`, next: all.length > 0 ? `There are: ${all.map((tune) => tune.name).join(", ")}.` : "See `lorekeep models version`." });
}

function lines(tune: FineTune): string[] {
  const scores = ({ scores: all }: FineTuneVersion) => all.map(({ set, mode, correct, n, stale }) => `${set}${mode ? ` (${mode})` : ""} ${correct}/${n}${stale ? " (another file)" : ""}`).join(", ");
  const version = (one: FineTuneVersion) => `  ${one.id === tune.defaultVersionId ? "*" : " "} ${one.number}  ${one.added.slice(0, 10)}  ${[one.notes, scores(one)].filter(Boolean).join(" · ")}`.trimEnd();
  const origin = ({ lineage: { madeFrom = [], made } }: FineTuneVersion) => (madeFrom.length === 0 ? [] : [`       ${madeFrom[0]?.how} from ${madeFrom.map(({ name, scale }) => `${name}${scale === undefined ? "" : ` × ${scale}`}`).join(", ")}${made ? `, ${made.slice(0, 10)}` : ""}`]);
  const change = tune.history.map(({ kind, number, when, gate }) => `    ${when.slice(0, 16).replace("T", " ")}  version ${number} ${{ first: "came first", promoted: "promoted", "promoted-anyway": "promoted anyway", "rolled-back": "restored", removed: "removed" }[kind]}${kind.startsWith("promoted") ? (gate ? ` after its gate on ${gate.set}` : " without a gate") : ""}`);
  return [`${tune.name} (${tune.kind === "adapter" ? "adapter" : "merged model"})`, ...tune.versions.flatMap((one) => [version(one), ...origin(one)]), ...change];
}
