import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { z } from "zod";
import { inspectGguf } from "../../base/gguf/info.ts";
import { LorekeepError } from "../../base/errors.ts";
import { families, knownArchitectures, targetOf, type Family } from "./families.ts";
import { readJson } from "./peft-config.ts";

/** What a conversion must know about the model that the adapter was trained for. */
export interface BaseFacts {
  readonly family: Family;
  /** How the rows of query and key are divided. Known wherever the family needs it. */
  readonly heads: number;
  readonly kvHeads: number;
  /** undefined: not said. */
  readonly layers: number | undefined;
  /** The output layer is the embedding table. */
  readonly tied: boolean;
  readonly name: string | undefined;
  /** A GGUF's weights by name, in ggml order; config.json has none. */
  readonly weights: ReadonlyMap<string, readonly number[]> | undefined;
}

const refused = (reason: string, next: string) => new LorekeepError("MODEL_REFUSED", { reason, next });
const GIVE = "Give the base as a GGUF, or the folder with its config.json.";

/**
 * From a GGUF, a Hugging Face folder or a config.json; without one, from the config.json that the adapter's folder or its own config leads to; else
 * from the modules' names, where only one family has such and its heads need not be known.
 */
export async function baseFacts(base: string | undefined, about: { folder: string; named: string | undefined; modules: readonly string[] }): Promise<BaseFacts> {
  const path = base ?? (await configNear(about.folder, about.named));
  if (path === undefined) {
    const fitting = families.filter((family) => about.modules.every((module) => targetOf(family, module)));
    const [only] = fitting;
    if (only && fitting.length === 1 && about.modules.length > 0 && Object.keys(only.paired).length === 0) {
      return { family: only, heads: 1, kvHeads: 1, layers: undefined, tied: only.tied, name: undefined, weights: undefined };
    }
    throw refused(`Which model this adapter was trained for is not known well enough${about.named ? `: its config names ${shortName(about.named)}, which is not here` : ""}.`, GIVE);
  }
  const isFolder = await stat(path).then((s) => s.isDirectory(), () => false);
  if (isFolder) return fromConfig(join(path, "config.json"));
  return path.toLowerCase().endsWith(".json") ? fromConfig(path) : fromGguf(path);
}

/** A base that is named by path without giving the path away. */
export const shortName = (named: string): string => named.split(/[\\/]/).filter(Boolean).at(-1) ?? "unnamed";

async function configNear(folder: string, named: string | undefined): Promise<string | undefined> {
  const places = [folder, ...(named === undefined ? [] : isAbsolute(named) ? [named] : [join(dirname(folder), named)])].map((place) => join(place, "config.json"));
  for (const place of places) if (await stat(place).then((s) => s.isFile(), () => false)) return place;
  return undefined;
}

async function fromGguf(path: string): Promise<BaseFacts> {
  const { header, architecture, kind, layers, name } = await inspectGguf(path);
  if (kind !== "model") throw refused("The base is itself an adapter.", "Choose the model that the adapter was trained for.");
  const family = families.find((one) => one.architecture === architecture);
  if (!family) throw unknownFamily(architecture);
  const heads = header.metadata.get(`${architecture}.attention.head_count`);
  const kvHeads = header.metadata.get(`${architecture}.attention.head_count_kv`) ?? heads;
  const divided = headsOf(family, typeof heads === "number" ? heads : undefined, typeof kvHeads === "number" ? kvHeads : undefined);
  const weights = new Map(header.tensors.map((t) => [t.name, t.shape]));
  return { family, ...divided, layers, tied: !weights.has("output.weight"), name: name ?? basename(path).replace(/\.gguf$/i, ""), weights };
}

const count = z.number().int().positive();
const config = z.object({
  model_type: z.string(), tie_word_embeddings: z.boolean().nullish(),
  num_attention_heads: count.optional(), num_key_value_heads: count.nullish(), num_hidden_layers: count.optional(),
  n_head: count.optional(), n_layer: count.optional(), _name_or_path: z.string().optional(),
});
/** Models that also see keep their language part in text_config. */
const nested = z.object({ text_config: config.loose(), tie_word_embeddings: z.boolean().nullish() });

async function fromConfig(path: string): Promise<BaseFacts> {
  const json = await readJson(path);
  const whole = nested.safeParse(json).data;
  const said = whole ? { ...whole.text_config, tie_word_embeddings: whole.tie_word_embeddings ?? whole.text_config.tie_word_embeddings } : config.safeParse(json).data;
  if (!said) throw refused("config.json does not say what kind of model the base is (model_type).", GIVE);
  const family = families.find((one) => one.modelTypes.includes(said.model_type));
  if (!family) throw unknownFamily(said.model_type);
  const heads = said.num_attention_heads ?? said.n_head;
  const divided = headsOf(family, heads, said.num_key_value_heads ?? heads);
  return { family, ...divided, layers: said.num_hidden_layers ?? said.n_layer, tied: said.tie_word_embeddings ?? family.tied, name: undefined, weights: undefined };
}

function headsOf(family: Family, heads: number | undefined, kvHeads: number | undefined): { heads: number; kvHeads: number } {
  if (heads !== undefined && kvHeads !== undefined) return { heads, kvHeads };
  if (Object.keys(family.paired).length > 0) throw refused("The base does not say how many attention heads it has, and its query and key cannot be put in order without.", GIVE);
  return { heads: 1, kvHeads: 1 };
}

const unknownFamily = (named: string) => refused(`Adapters for models of the kind ${named.slice(0, 60)} cannot be converted yet; known are: ${knownArchitectures}.`, "Convert it with llama.cpp's convert_lora_to_gguf.py.");
