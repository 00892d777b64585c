import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { LorekeepError } from "../engine/base/errors.ts";
import type { EngineClient, FineTune, ShelfItem } from "../engine/contract/index.ts";
import { UsageError } from "./terminal.ts";

/** Collections by name or id. @throws LorekeepError NOT_FOUND naming those there are. */
export async function collectionIds(client: EngineClient, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const all = await client.collections.list();
  return names.map((name) => {
    const found = all.find((c) => c.id === name || c.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new LorekeepError("NOT_FOUND", { reason: `There is no collection "${name}".`, next: `There are: ${all.map((c) => c.name).join(", ")}.` });
    return found.id;
  });
}

/** A collection by name, made if it is not there. */
export async function ensureCollection(client: EngineClient, name: string): Promise<string> {
  const found = (await client.collections.list()).find((c) => c.id === name || c.name.toLowerCase() === name.toLowerCase());
  return found?.id ?? (await client.collections.create({ name })).id;
}

/** A model or adapter by id, name, or path of a GGUF file, which is put on the shelf as a link. Without a kind: either. @throws LorekeepError NOT_FOUND, CONFLICT */
export async function shelfId(client: EngineClient, wanted: string, kind?: ShelfItem["kind"]): Promise<string> {
  const items = (await client.models.list()).filter((item) => kind === undefined || item.kind === kind);
  const found = onShelf(items, wanted);
  if (found) return found.id;
  const path = resolve(wanted);
  if (!existsSync(path)) {
    throw new LorekeepError("NOT_FOUND", { reason: `There is no ${kind ?? "model or adapter"} "${wanted}" on the shelf and no such file.`, next: "See `lorekeep models`, or give the path of a GGUF file." });
  }
  for await (const event of await client.models.import({ path, mode: "link" })) {
    if (event.type !== "done") continue;
    if (kind !== undefined && event.item.kind !== kind) throw new UsageError(`${wanted} is ${event.item.kind === "adapter" ? "an adapter" : "a model"}, not ${kind === "adapter" ? "an adapter" : "a model"}.`);
    return event.item.id;
  }
  throw new LorekeepError("MODEL_REFUSED", `${wanted} could not be put on the shelf.`);
}

/** What answers: a fine-tune of that kind by its name or id, which means its default version; else {@link shelfId}. @throws like it */
export async function answeringId(client: EngineClient, wanted: string, kind: FineTune["kind"]): Promise<string> {
  const tunes = await client.models.fineTunes.list();
  return tunes.find((tune) => tune.kind === kind && isFineTune(tune, wanted))?.id ?? shelfId(client, wanted, kind);
}

/** By id or name. */
export const isFineTune = ({ id, name }: Pick<FineTune, "id" | "name">, wanted: string): boolean => id === wanted || name.toLowerCase() === wanted.toLowerCase();

type Named = Pick<ShelfItem, "id" | "name" | "path">;

/** The one that is meant. Of several that are called so it is the one whose id or path was given. @throws LorekeepError CONFLICT naming them */
export function onShelf<T extends Named>(items: readonly T[], wanted: string): T | undefined {
  const called = items.filter((item) => isCalled(item, wanted));
  const found = called.length > 1 ? called.find(({ id, path }) => id === wanted || path === resolve(wanted)) : called[0];
  if (found || called.length === 0) return found;
  throw new LorekeepError("CONFLICT", { reason: `${called.length} on the shelf are called "${wanted}": ${called.map(({ path }) => path).join(", ")}.`, next: "Give its file, or its id (lorekeep models --json)." });
}

/** By id, by its name, or by its file's name with or without the ending. */
function isCalled(item: Named, wanted: string): boolean {
  const file = basename(item.path).toLowerCase();
  const name = wanted.toLowerCase();
  return item.id === wanted || item.name.toLowerCase() === name || file === name || file === `${name}.gguf`;
}

/** "FILE" or "FILE:SCALE"; the scale is a number from 0 to 2, default 1. A Windows drive letter is not a scale. */
export function parseAdapter(text: string): { file: string; scale: number } {
  const match = /^(.+):(\d+(?:\.\d+)?)$/.exec(text);
  if (!match) return { file: text, scale: 1 };
  const scale = Number(match[2]);
  if (scale > 2) throw new UsageError(`${text}: the scale is from 0 to 2.`);
  return { file: match[1] ?? text, scale };
}
