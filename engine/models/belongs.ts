import type { FineTuneOf } from "../contract/models.ts";
import type { StoredItem } from "./types.ts";

type Known = Pick<StoredItem, "id" | "kind" | "name" | "sha256" | "source">;
type FineTune = Pick<StoredItem, "id" | "kind" | "baseModel" | "baseSha256" | "baseId" | "merged">;

/**
 * The model an item was made from, and which item of the shelf that is: what a person said comes first, then the recorded hash, then the recorded
 * name. undefined where nothing is known, as for a base.
 */
export function belongsTo(item: FineTune, shelf: readonly Known[]): FineTuneOf | undefined {
  const models = shelf.filter(({ kind, id }) => kind === "model" && id !== item.id);
  const recorded = { ...(item.baseModel ? { name: shortName(item.baseModel) } : {}), ...(item.baseSha256 ? { sha256: item.baseSha256 } : {}) };
  const said = models.find(({ id }) => id === item.baseId);
  if (said) return { ...recorded, id: said.id, name: said.name, how: "person" };
  const same = models.find(({ sha256 }) => sha256 === item.baseSha256);
  if (same) return { ...recorded, id: same.id, name: same.name, how: "hash" };
  const called = item.baseModel === undefined ? undefined : theOnly(models.filter((model) => isCalled(model, item.baseModel ?? "")));
  if (called) return { ...recorded, id: called.id, how: "name" };
  return Object.keys(recorded).length > 0 ? { ...recorded, how: "recorded" } : undefined;
}

/**
 * Whether a model has a fine-tune inside. That its file names an ancestor is not enough: nearly every published model names the one it was
 * trained from. Lorekeep's own merges do, and so does one whose base lies on the shelf or was named by a person.
 */
export function isFineTune(item: FineTune, shelf: readonly Known[]): boolean {
  return item.kind === "adapter" || item.merged === true || (belongsTo(item, shelf)?.how ?? "recorded") !== "recorded";
}

/** "https://huggingface.co/meta-llama/Llama-3.2-1B" is spoken of as "Llama-3.2-1B". */
function shortName(recorded: string): string {
  return recorded.replace(/\/+$/, "").split("/").at(-1) ?? recorded;
}

function isCalled(model: Known, recorded: string): boolean {
  const wanted = plain(shortName(recorded));
  const fromHub = model.source.type === "download" ? model.source.repo : undefined;
  return wanted !== "" && (plain(model.name) === wanted || (fromHub !== undefined && plain(shortName(fromHub)) === wanted));
}

/** Names differ in case, separators, and in what converters add: the format, the quantisation. */
function plain(name: string): string {
  return name.toLowerCase().replace(/\.gguf$/, "").replace(/[-_. ](gguf|i?q\d\w*|[fb]f?16|f32)\b/g, "").replace(/[^\p{L}\p{N}]/gu, "");
}

/** Two models of one name: which of them is meant only a person can say. */
const theOnly = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);
