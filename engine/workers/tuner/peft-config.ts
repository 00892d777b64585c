import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { absurdScale } from "../../base/gguf/lora.ts";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";

/** adapter_config.json as PEFT writes it; what decides nothing is left out. */
const schema = z.object({
  peft_type: z.string(),
  r: z.number(),
  lora_alpha: z.number(),
  base_model_name_or_path: z.string().nullish(),
  use_rslora: z.boolean().nullish(), use_dora: z.boolean().nullish(), use_qalora: z.boolean().nullish(), lora_bias: z.boolean().nullish(),
  bias: z.string().nullish(),
  modules_to_save: z.array(z.string()).nullish(),
  target_parameters: z.array(z.string()).nullish(),
  layer_replication: z.array(z.unknown()).nullish(),
  trainable_token_indices: z.unknown().optional(), alora_invocation_tokens: z.array(z.number()).nullish(),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
  rank_pattern: z.record(z.string(), z.number()).nullish(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
});
type Config = z.infer<typeof schema>;

export interface PeftConfig {
  readonly rank: number;
  /** The alpha that, divided by {@link rank}, gives the scale of training: rsLoRA divides by the root of the rank, which a GGUF cannot say. */
  readonly alpha: number;
  readonly baseModel: string | undefined;
  /** Rank and scale of one module, by the patterns. */
  of(module: string): { rank: number; scale: number };
}

const MOST_BYTES = 4 * 2 ** 20;
const refused = (reason: string, next?: string) => new LorekeepError("MODEL_REFUSED", { reason, ...(next ? { next } : {}) });
const RETRAIN = "Train it again as plain LoRA, or merge it into its base with PEFT and convert the whole model.";

/** @throws LorekeepError MODEL_REFUSED naming what is wrong or cannot be carried over, NOT_FOUND. */
export async function readPeftConfig(path: string): Promise<PeftConfig> {
  const config = parse(await readJson(path));
  refuseOtherKinds(config);
  const ranks = patterns(config.rank_pattern, "rank_pattern");
  const alphas = patterns(config.alpha_pattern, "alpha_pattern");
  const scale = (rank: number, alpha: number) => (config.use_rslora ? alpha / Math.sqrt(rank) : alpha / rank);
  const of = (module: string) => {
    const rank = ranks(module) ?? config.r;
    const alpha = alphas(module) ?? config.lora_alpha;
    const absurd = absurdScale(rank, alpha);
    if (absurd) throw refused(`This adapter cannot be converted: ${absurd}.`, "The file is damaged: copy it again.");
    return { rank, scale: scale(rank, alpha) };
  };
  of("");
  return { rank: config.r, alpha: scale(config.r, config.lora_alpha) * config.r, baseModel: config.base_model_name_or_path ?? undefined, of };
}

/** A JSON file of bounded size. */
export async function readJson(path: string): Promise<unknown> {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  const text = await stat(path).then(async ({ size }) => {
    if (size > MOST_BYTES) throw refused(`${name} has ${size} bytes, more than any real one.`);
    return readFile(path, "utf8");
  }).catch((error: unknown) => { throw fromFileSystem(error, path); });
  try {
    return JSON.parse(text);
  } catch {
    throw refused(`${name} is no JSON.`, "It is damaged, or holds NaN or Infinity, which JSON has not: copy it again.");
  }
}

function parse(json: unknown): Config {
  const kind = typeof json === "object" && json !== null && "peft_type" in json ? String(json.peft_type) : undefined;
  if (kind === undefined) throw refused("adapter_config.json does not say which kind of adapter this is (peft_type).", "Choose a folder that PEFT has saved.");
  if (kind !== "LORA") throw refused(`This adapter is of the kind ${kind.slice(0, 40)}; only LoRA adapters can be converted.`, RETRAIN);
  const { data, error } = schema.safeParse(json);
  if (data) return data;
  const issue = error.issues[0];
  throw refused(`adapter_config.json has no usable “${issue?.path.join(".") ?? ""}”.`, "The file is damaged: copy it again.");
}

/** Each by its name: what changes more than two factors per weight would be lost without a word. */
function refuseOtherKinds(config: Config): void {
  const { init_lora_weights: start, bias, modules_to_save: saved } = config;
  if (config.use_dora) throw refused("This is a DoRA adapter; llama.cpp has no place for its magnitudes.", RETRAIN);
  if (config.use_qalora) throw refused("This is a QA-LoRA adapter, which cannot be converted.", RETRAIN);
  if (config.lora_bias || (bias ?? "none") !== "none") throw refused(`This adapter also trains biases (${config.lora_bias ? "lora_bias" : `bias: ${bias?.slice(0, 40)}`}), which a GGUF adapter cannot hold.`, RETRAIN);
  if (saved && saved.length > 0) throw refused(`This adapter brings whole layers of its own (modules_to_save: ${saved.join(", ").slice(0, 120)}), which a GGUF adapter cannot hold.`, RETRAIN);
  if (present(config.trainable_token_indices)) throw refused("This adapter trains single tokens (trainable_token_indices), which a GGUF adapter cannot hold.", RETRAIN);
  if (config.target_parameters && config.target_parameters.length > 0) throw refused("This adapter changes bare parameters (target_parameters), as of mixture-of-experts models, which cannot be converted.", RETRAIN);
  if (config.layer_replication && config.layer_replication.length > 0) throw refused("This adapter repeats layers of its base (layer_replication), which a GGUF adapter cannot do.", RETRAIN);
  if (config.alora_invocation_tokens && config.alora_invocation_tokens.length > 0) throw refused("This is an activated LoRA (alora_invocation_tokens), which Lorekeep cannot run.", RETRAIN);
  if (typeof start === "string" && /^(pissa|olora|corda|loftq)/i.test(start)) {
    throw refused(`This adapter was begun with ${start.slice(0, 40)}, which also changes the base's own weights; on the untouched base it would be wrong.`, "Let PEFT save it as plain LoRA (path_initial_model_for_weight_conversion), then convert that.");
  }
}

const present = (value: unknown): boolean => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

/** PEFT's rule: the first pattern that fits the whole module or its end, at a dot. */
function patterns(record: Record<string, number> | null | undefined, where: string): (module: string) => number | undefined {
  const rules = Object.entries(record ?? {}).map(([pattern, value]) => {
    try {
      return { fits: new RegExp(`^(.*\\.)?(${pattern})$`), value };
    } catch {
      throw refused(`adapter_config.json has the pattern “${pattern.slice(0, 80)}” in ${where}, which is none.`);
    }
  });
  return (module) => rules.find(({ fits }) => fits.test(module))?.value;
}
