import { buildGguf, type FakeTensor, type FakeValue } from "./gguf-builder.ts";

const EMBEDDING = 32;
const FORWARD = 64;
const CONTEXT = 512;
const LAYERS = 2;
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...letters.map((letter) => `\u2581${letter}`), ...letters];

/**
 * A cross-encoder in GGUF that llama.cpp really loads and ranks with: two BERT layers, letters for tokens, a ranking head, weights from a fixed
 * generator. It understands nothing; it proves the way from the file to a score. `head: false` leaves the head out, `layers` makes it slow.
 */
export function tinyReranker({ head = true, layers = LAYERS }: { head?: boolean; layers?: number } = {}): Buffer {
  let seed = 42;
  const random = () => { seed = (seed * 1664525 + 1013904223) >>> 0; return 0.6 * (seed / 2 ** 32 - 0.5); };
  const tensor = (name: string, shape: number[], weights?: () => number): FakeTensor => ({ name, shape, type: 0, ...(weights ? { weights } : {}) });
  const linear = (name: string, from: number, to: number) => [tensor(`${name}.weight`, [from, to], random), tensor(`${name}.bias`, [to])];
  const norm = (name: string) => [tensor(`${name}.weight`, [EMBEDDING], () => 1), tensor(`${name}.bias`, [EMBEDDING])];
  const layer = (i: number) => [
    ...["attn_q", "attn_k", "attn_v", "attn_output"].flatMap((name) => linear(`blk.${i}.${name}`, EMBEDDING, EMBEDDING)),
    ...norm(`blk.${i}.attn_output_norm`), ...norm(`blk.${i}.layer_output_norm`), ...linear(`blk.${i}.ffn_up`, EMBEDDING, FORWARD), ...linear(`blk.${i}.ffn_down`, FORWARD, EMBEDDING),
  ];
  return buildGguf(metadata(head, layers), [
    tensor("token_embd.weight", [EMBEDDING, vocabulary.length], random), tensor("token_types.weight", [EMBEDDING, 2], random), tensor("position_embd.weight", [EMBEDDING, CONTEXT], random),
    ...norm("token_embd_norm"), ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ...(head ? [...linear("cls", EMBEDDING, EMBEDDING), ...linear("cls.output", EMBEDDING, 1)] : []),
  ]);
}

function metadata(head: boolean, layers: number): Record<string, FakeValue> {
  const u32 = (value: number): FakeValue => ({ type: "uint32", value });
  const text = (value: string): FakeValue => ({ type: "string", value });
  const token = (name: string, id: number) => ({ [`tokenizer.ggml.${name}_token_id`]: u32(id) });
  return {
    "general.architecture": text("bert"), "general.type": text("model"), "general.name": text("Tiny reranker"),
    "bert.block_count": u32(layers), "bert.context_length": u32(CONTEXT), "bert.embedding_length": u32(EMBEDDING), "bert.feed_forward_length": u32(FORWARD),
    "bert.attention.head_count": u32(4), "bert.attention.layer_norm_epsilon": { type: "float32", value: 1e-12 }, "bert.attention.causal": { type: "bool", value: false },
    ...(head ? { "bert.pooling_type": u32(4) } : {}),
    "tokenizer.ggml.model": text("bert"), "tokenizer.ggml.pre": text("default"), "tokenizer.ggml.tokens": { type: "strings", value: vocabulary }, "tokenizer.ggml.token_type_count": u32(2),
    "tokenizer.ggml.token_type": { type: "int32s", value: vocabulary.map((_, i) => (i === 1 ? 2 : i < 5 ? 3 : 1)) },
    // llama.cpp reads the separator under this spelling.
    ...token("bos", 2), ...token("eos", 3), ...token("cls", 2), ...token("seperator", 3), ...token("unknown", 1), ...token("padding", 0), ...token("mask", 4),
  };
}
