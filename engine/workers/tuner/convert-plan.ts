import { isEmbedding, pairMismatch } from "../../base/gguf/lora.ts";
import { numberTypes, type NumberType } from "../../base/gguf/numbers.ts";
import type { TensorToWrite } from "../../base/gguf/writer.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { ConvertType } from "../../contract/tune.ts";
import type { BaseFacts } from "./base-facts.ts";
import { targetOf, type Target } from "./families.ts";
import type { PeftConfig } from "./peft-config.ts";
import type { SafeTensor } from "./safetensors.ts";

/** What is done to a factor's rows on the way: nothing, halves of each head into neighbouring pairs, or rows and columns changed. */
export type Turn = { readonly kind: "none" } | { readonly kind: "pairs"; readonly heads: number } | { readonly kind: "transpose" };

/** One tensor of the adapter to be written. */
export interface Factor extends TensorToWrite {
  readonly source: SafeTensor;
  readonly from: NumberType;
  readonly to: NumberType;
  readonly turn: Turn;
  /** Multiplies every number; not 1 where a module's scale is not the adapter's. */
  readonly times: number;
}

const refused = (reason: string, next = "Choose the model that the adapter was trained for.") => new LorekeepError("MODEL_REFUSED", { reason, next });
const RETRAIN = "Train it again as plain LoRA, or merge it into its base with PEFT and convert the whole model.";
const dtypes: Record<string, NumberType> = { F32: "F32", F16: "F16", BF16: "BF16" };

export interface Halves { readonly a?: SafeTensor; readonly b?: SafeTensor }

/** The adapter's factors by the module they change, and what of the file is no factor. @throws LorekeepError MODEL_REFUSED for what has no place in a GGUF. */
export function halvesByModule(tensors: readonly SafeTensor[]): { modules: ReadonlyMap<string, Halves>; notes: readonly string[] } {
  const modules = new Map<string, Halves>();
  const notes: string[] = [];
  for (const tensor of tensors) {
    const name = tensor.name.replace(/^base_model\.model\./, "");
    const half = name.endsWith(".bias") ? null : /^(.+)\.lora_(?:embedding_)?([AB])(?:\.[\w-]+)?$/.exec(name.replace(/\.weight$/, ""));
    if (half?.[1] !== undefined) {
      const halves = modules.get(half[1]) ?? {};
      const key = half[2] === "A" ? "a" : "b";
      if (halves[key]) throw refused(`The folder holds more than one adapter: ${half[1].slice(0, 120)} has two of each factor.`, "Choose a folder with one adapter.");
      modules.set(half[1], { ...halves, [key]: tensor });
    } else refuseOrNote(name, notes);
  }
  if (modules.size === 0) throw refused("adapter_model.safetensors has no LoRA weights.", "Choose a folder that PEFT has saved.");
  return { modules, notes };
}

/** Finds for every factor its place in the GGUF, or says by name why it has none. */
export function planConversion(modules: ReadonlyMap<string, Halves>, parts: { config: PeftConfig; base: BaseFacts; type: ConvertType }): Factor[] {
  const factors = [...modules].flatMap(([module, halves]) => factorsOf(module, halves, parts));
  const seen = new Set<string>();
  for (const { name } of factors) if (seen.size === seen.add(name).size) throw refused(`Two of the adapter's modules mean the same weight, ${name}.`);
  return factors;
}

/** A tensor that is no factor: the base's own copy is left, a head for classification is left with a note, anything else is refused by name. */
function refuseOrNote(name: string, notes: string[]): void {
  if (name.endsWith(".base_layer.weight")) return;
  const shown = name.slice(0, 120);
  if (/^(score|classifier|qa_outputs|v_head|summary)\b/.test(name)) notes.push(`${shown} was left out: it is a head for classification, and a model that writes has no place for it.`);
  else if (/lora_magnitude_vector/.test(name)) throw refused(`This is a DoRA adapter (${shown}); llama.cpp has no place for its magnitudes.`, RETRAIN);
  else if (/(embed_tokens|lm_head|wte)\b.*\.weight$/.test(name)) throw refused(`The adapter brings a whole layer of its own, ${shown}, as when tokens were added; a GGUF adapter cannot hold that.`, RETRAIN);
  else throw refused(`The adapter holds ${shown}, which is no LoRA factor and has no place in a GGUF adapter.`, RETRAIN);
}

function factorsOf(module: string, { a, b }: Halves, { config, base, type }: { config: PeftConfig; base: BaseFacts; type: ConvertType }): Factor[] {
  const shown = module.slice(0, 120);
  const target = targetOf(base.family, module);
  if (!target) throw refused(`The adapter changes ${shown}, which a model of the kind ${base.family.architecture} does not have or a GGUF adapter cannot change.`);
  if (!a || !b) throw refused(`The adapter has only one of the two factors of ${shown}.`, "The file is damaged: copy it again.");
  const [first, second] = [matrix(a), matrix(b)];
  const { rank, scale } = config.of(module);
  if (first[0] !== rank || second[1] !== rank) throw refused(`${shown} has the rank ${first[0]} × ${second[1]}, but adapter_config.json says ${rank}.`, "The two files do not belong together: copy the folder again.");
  const shapes = { a: isEmbedding(target.tensor) ? [rank, first[1]] : [first[1], rank], b: [rank, second[0]] };
  refuseMisfit(target, shapes, base);
  const heads = target.paired === undefined ? undefined : base[target.paired];
  if (heads !== undefined && (second[0] % (2 * heads) !== 0)) throw refused(`${shown} has ${second[0]} rows, which ${heads} attention heads cannot share: it was trained on a model of another size.`);
  const times = exactOne((scale * rank) / config.alpha);
  const turned: Turn = heads === undefined ? { kind: "none" } : { kind: "pairs", heads };
  return [
    factor(`${target.tensor}.lora_a`, { source: a, shape: shapes.a, type, turn: isEmbedding(target.tensor) ? { kind: "transpose" } : { kind: "none" }, times: 1 }),
    factor(`${target.tensor}.lora_b`, { source: b, shape: shapes.b, type, turn: turned, times }),
  ];
}

function matrix({ name, shape }: SafeTensor): [number, number] {
  const [rows, columns] = shape;
  if (shape.length !== 2 || !rows || !columns) throw refused(`${name.slice(0, 120)} is ${shape.join(" × ") || "empty"} and no matrix; only linear layers and embeddings can be converted.`, RETRAIN);
  return [rows, columns];
}

function refuseMisfit({ tensor, layer }: Target, shapes: { a: number[]; b: number[] }, { tied, weights, layers }: BaseFacts): void {
  if (tied && isEmbedding(tensor)) throw refused("The adapter changes the embedding table (embed_tokens), which this base also uses as its output layer; llama.cpp cannot tell the two apart.", RETRAIN);
  if (tied && tensor === "output.weight") throw refused("The adapter changes the output layer (lm_head), which this base does not keep apart from its embedding table.", RETRAIN);
  const reason = weights && pairMismatch(tensor, weights, shapes);
  if (reason) throw refused(`This adapter does not belong to this base: ${reason}.`);
  if (layer !== undefined && layers !== undefined && layer >= layers) throw refused(`This adapter does not belong to this base: it changes the tensor ${tensor}, but the model has ${layers} layers.`);
}

function factor(name: string, { source, shape, type, turn, times }: { source: SafeTensor; shape: number[]; type: ConvertType; turn: Turn; times: number }): Factor {
  const from = dtypes[source.dtype];
  if (!from) throw refused(`${source.name.slice(0, 120)} is stored as ${source.dtype}; F32, F16 and BF16 can be converted.`, "Save the adapter in one of these types.");
  // Numbers that are multiplied would be rounded once more in 16 bits.
  const to = type === "as-stored" ? (times === 1 ? from : "F32") : type;
  return { name, shape, type: numberTypes[to], source, from, to, turn, times };
}

/** Where only rounding tells a factor from 1, it is 1. */
const exactOne = (times: number): number => (Math.abs(times - 1) < 1e-9 ? 1 : times);
