import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { LorekeepError } from "../../engine/base/errors.ts";
import type { ConvertEvent, ConvertType, EngineClient, MergeEvent, MergeType } from "../../engine/contract/index.ts";
import { onShelf, parseAdapter } from "../lookup.ts";
import type { Session } from "../session.ts";
import { bar, bytes, type Terminal } from "../terminal.ts";

interface Result { output?: string; name?: string; add?: boolean }

/** lorekeep models convert: a trainer's folder to a GGUF adapter. */
export async function convertAdapter({ client, terminal, signal }: Session, folder: string, options: Result & { base?: string; type: ConvertType }): Promise<void> {
  const base = options.base === undefined ? undefined : await modelRef(client, options.base);
  const done = await followed(terminal, await client.tune.convert({ folder: resolve(folder), type: options.type, ...(base ? { base } : {}), ...wanted(options) }, { signal }));
  terminal.line(`${done.item ? "On the shelf" : "Written"}: ${done.path} (${done.architecture}, rank ${done.rank}, ${done.targets} weights, ${bytes(done.sizeBytes)}).`);
}

/** lorekeep models merge: base and adapters to one model. */
export async function mergeModels({ client, terminal, signal }: Session, base: string, adapters: string[], options: Result & { type: MergeType }): Promise<void> {
  const parts: { adapter: { id: string } | { path: string }; scale: number }[] = [];
  for (const { file, scale } of adapters.map(parseAdapter)) parts.push({ adapter: await modelRef(client, file), scale });
  const done = await followed(terminal, await client.tune.merge({ base: await modelRef(client, base), adapters: parts, type: options.type, ...wanted(options) }, { signal }));
  terminal.line(`${done.item ? "On the shelf" : "Written"}: ${done.path} (${done.changed} of ${done.tensors} weights changed, ${bytes(done.sizeBytes)}).`);
}

const wanted = ({ output, name, add }: Result) => ({ addToShelf: add ?? false, ...(output === undefined ? {} : { output: resolve(output) }), ...(name === undefined ? {} : { name }) });

type Done = Extract<ConvertEvent | MergeEvent, { type: "done" }>;

/** Shows progress and remarks; the last event is the result, and the command's JSON document. */
async function followed<E extends ConvertEvent | MergeEvent>(terminal: Terminal, events: AsyncIterable<E>): Promise<Extract<E, { type: "done" }>> {
  for await (const event of events) {
    if (event.type === "progress") {
      terminal.progress(`${event.step} ${bar(event.total === 0 ? 0 : event.done / event.total)} ${bytes(event.done)} of ${bytes(event.total)}`);
      continue;
    }
    terminal.endProgress();
    const { type: _, ...result } = event as Done;
    for (const note of result.notes) terminal.say(note);
    terminal.result(result);
    return event as Extract<E, { type: "done" }>; // what is not progress is the end
  }
  throw new LorekeepError("INTERNAL", "The engine ended without a result.");
}

/** A path where there is something, else by id or name on the shelf. @throws LorekeepError NOT_FOUND, CONFLICT */
async function modelRef(client: EngineClient, named: string): Promise<{ id: string } | { path: string }> {
  const path = resolve(named);
  if (existsSync(path)) return { path };
  const item = onShelf(await client.models.list(), named);
  if (item) return { id: item.id };
  throw new LorekeepError("NOT_FOUND", { reason: `There is no "${named}" on the shelf and no such file.`, next: "See `lorekeep models`, or give a path." });
}
