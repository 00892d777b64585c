/** A family of models as Hugging Face and llama.cpp name the same weights. All there is to know about a family stands in this table. */
export interface Family {
  /** `general.architecture` of its GGUF files. */
  readonly architecture: string;
  /** `model_type` of config.json (of its text part). */
  readonly modelTypes: readonly string[];
  /** Linear layers and embeddings: Hugging Face's module (`#` for the layer) to llama.cpp's tensor, `.weight` left out on both sides. */
  readonly modules: Readonly<Record<string, string>>;
  /** Tensors whose rows llama.cpp keeps in neighbouring pairs, Hugging Face in two halves, with the number of heads that counts. */
  readonly paired: Readonly<Record<string, "heads" | "kvHeads">>;
  /** Where config.json does not say: whether the output layer is the embedding table. */
  readonly tied: boolean;
}

const attention = {
  "layers.#.self_attn.q_proj": "blk.#.attn_q", "layers.#.self_attn.k_proj": "blk.#.attn_k", "layers.#.self_attn.v_proj": "blk.#.attn_v", "layers.#.self_attn.o_proj": "blk.#.attn_output",
};
const feedForward = { "layers.#.mlp.gate_proj": "blk.#.ffn_gate", "layers.#.mlp.up_proj": "blk.#.ffn_up", "layers.#.mlp.down_proj": "blk.#.ffn_down" };
const ends = { embed_tokens: "token_embd", lm_head: "output" };
const decoder = { ...attention, ...feedForward, ...ends };
/** Query, key and value in one matrix, and gate and up in another: the rows lie in the same order on both sides. */
const fused = { "layers.#.self_attn.qkv_proj": "blk.#.attn_qkv", "layers.#.self_attn.o_proj": "blk.#.attn_output", "layers.#.mlp.gate_up_proj": "blk.#.ffn_up", "layers.#.mlp.down_proj": "blk.#.ffn_down", ...ends };
/** Conv1D layers keep their weights the other way round, but PEFT's factors of them lie as those of any linear layer: A rank × inputs, B outputs × rank. */
const gpt2 = { "h.#.attn.c_attn": "blk.#.attn_qkv", "h.#.attn.c_proj": "blk.#.attn_output", "h.#.mlp.c_fc": "blk.#.ffn_up", "h.#.mlp.c_proj": "blk.#.ffn_down", wte: "token_embd", lm_head: "output" };
const pairs = { "blk.#.attn_q": "heads", "blk.#.attn_k": "kvHeads" } as const;

export const families: readonly Family[] = [
  { architecture: "llama", modelTypes: ["llama", "mistral"], modules: decoder, paired: pairs, tied: false },
  { architecture: "qwen2", modelTypes: ["qwen2"], modules: decoder, paired: {}, tied: false },
  { architecture: "qwen3", modelTypes: ["qwen3"], modules: decoder, paired: {}, tied: false },
  { architecture: "gemma", modelTypes: ["gemma"], modules: decoder, paired: {}, tied: true },
  { architecture: "gemma2", modelTypes: ["gemma2"], modules: decoder, paired: {}, tied: true },
  { architecture: "gemma3", modelTypes: ["gemma3", "gemma3_text"], modules: decoder, paired: {}, tied: true },
  { architecture: "phi3", modelTypes: ["phi3"], modules: fused, paired: {}, tied: false },
  { architecture: "gpt2", modelTypes: ["gpt2"], modules: gpt2, paired: {}, tied: true },
];

export const knownArchitectures: string = families.map((family) => family.architecture).join(", ");

/** What stands before the module's name, depending on the class the model was loaded as. Longest first. */
const prefixes = ["model.language_model.", "language_model.model.", "language_model.", "model.", "transformer.", ""];

export interface Target {
  /** The weight in the GGUF, `blk.3.attn_q.weight`. */
  readonly tensor: string;
  readonly layer: number | undefined;
  readonly paired: "heads" | "kvHeads" | undefined;
}

/** The GGUF weight of a module ("model.layers.3.self_attn.q_proj"); undefined where the family has none of that name. */
export function targetOf(family: Family, module: string): Target | undefined {
  for (const prefix of prefixes) {
    if (!module.startsWith(prefix)) continue;
    const rest = module.slice(prefix.length);
    const layer = /^\w+\.(\d+)\./.exec(rest)?.[1];
    const generic = layer === undefined ? rest : rest.replace(`.${layer}.`, ".#.");
    const tensor = Object.hasOwn(family.modules, generic) ? family.modules[generic] : undefined;
    if (tensor !== undefined) return { tensor: `${tensor.replace("#", layer ?? "#")}.weight`, layer: layer === undefined ? undefined : Number(layer), paired: family.paired[tensor] };
  }
  return undefined;
}
