import { fileTypes } from "./formats.ts";
import { mergedFrom, type MergedFrom } from "./merged-from.ts";
import { readGgufHeader, type GgufArray, type GgufHeader } from "./header.ts";
import { refused } from "./refusal.ts";

/** What a GGUF file says about itself, as far as Lorekeep acts on it. Absent means the file does not say. */
export interface GgufInfo {
  /** reranker: a model with a head that scores question and passage together. */
  readonly kind: "model" | "adapter" | "reranker";
  readonly architecture: string;
  readonly name: string | undefined;
  /** As stated: an SPDX id in most files. */
  readonly licence: string | undefined;
  readonly baseModel: string | undefined;
  /** The file it was made from, where the tool that made it wrote that down. */
  readonly baseSha256: string | undefined;
  /** Made by Lorekeep out of a base and adapters. */
  readonly merged: boolean;
  /** The adapters that went into it. */
  readonly mergedFrom: readonly MergedFrom[];
  /** The series it belongs to, as stated: "Llama-3.2", "Qwen3". */
  readonly family: string | undefined;
  readonly languages: readonly string[];
  /** Sum of all tensor elements. */
  readonly parameters: number;
  /** "Q4_K_M", "F16", …; from `general.file_type`, else the type that most bytes are in. */
  readonly quantisation: string;
  /** Tokens. Adapters have none. */
  readonly contextLength: number | undefined;
  readonly chatTemplate: string | undefined;
  /** Adapters only. `alpha / rank` scales the adapter as trained. */
  readonly adapter: { readonly rank: number; readonly alpha: number } | undefined;
  readonly vocabularySize: number;
  readonly layers: number;
  /** Bytes of key-value cache per token of context at 16 bits; 0 for adapters. An upper bound where a model slides its attention window. */
  readonly kvBytesPerToken: number;
  readonly fileBytes: number;
  readonly header: GgufHeader;
}

const CACHE_BYTES_PER_VALUE = 2;
/** Architectures that turn text or images into vectors: they load, but cannot write an answer. */
const notForChat = new Set(["bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "neo-bert", "modern-bert", "t5encoder", "clip", "gemma-embedding"]);

/**
 * Reads a GGUF header, and refuses what would harm or cannot serve: damaged files, files the runtime dies of, files that are no model.
 * Everything that reaches llama.cpp has passed through here first, in the engine (shelf) and again in the generator worker.
 * @throws LorekeepError MODEL_REFUSED, NOT_FOUND, READ_ONLY.
 */
export async function inspectGguf(path: string, options: { signal?: AbortSignal } = {}): Promise<GgufInfo> {
  return infoOf(await readGgufHeader(path, options));
}

/** What a header says, or why it is refused. @throws LorekeepError MODEL_REFUSED. */
export function infoOf(header: GgufHeader): GgufInfo {
  const architecture = text(header, "general.architecture");
  if (!architecture) throw refused("This GGUF file does not say which architecture it is for.", "Choose another conversion of the model.");
  const type = text(header, "general.type") ?? "model";
  if (type === "adapter" || header.metadata.has("adapter.type")) return adapterInfo(header, architecture);
  const ranks = isReranker(header, architecture);
  refuseUnfit(header, { architecture, type, ranks });
  return { ...modelInfo(header, architecture), ...(ranks ? { kind: "reranker" as const } : {}) };
}

/** llama.cpp's `enum llama_pooling_type`: the pooled output goes through the ranking head. */
const POOLING_RANK = 4;

/** A ranking head and, where the file says how it pools, that it does so for ranking: older conversions have the head and do not say. */
function isReranker(header: GgufHeader, architecture: string): boolean {
  const pooling = number(header, `${architecture}.pooling_type`);
  const head = header.tensors.find(({ name }) => name === "cls.output.weight") ?? header.tensors.find(({ name }) => name === "cls.weight");
  if (pooling === POOLING_RANK && !head) throw refused("This GGUF file says it is a reranker, and lacks the part that scores.", "Choose another conversion of the reranker.");
  return head !== undefined && (pooling === POOLING_RANK || notForChat.has(architecture));
}

function refuseUnfit(header: GgufHeader, { architecture, type, ranks }: { architecture: string; type: string; ranks: boolean }): void {
  const parts = number(header, "split.count") ?? 0;
  if (parts > 1) throw refused(`This is one part of a model that was split into ${parts} files.`, "Join them with `llama-gguf-split --merge`, or download the model as one file.");
  if (type === "mmproj" || architecture === "clip") throw refused("This is an image projector that goes with a vision model, not a model that can chat.", "Choose the language model's own file.");
  if (type !== "model") throw refused(`This GGUF file holds a ${type.slice(0, 40)}, not a model.`, "Choose a model or a LoRA adapter.");
  if (notForChat.has(architecture) && !ranks) throw refused(`This is an embedding model (${architecture}); it cannot write answers.`, "Choose a chat model.");
  if (header.tensors.length === 0) throw refused("This GGUF file has no weights, only a vocabulary.", "Choose the model itself.");
  if (!header.metadata.has("tokenizer.ggml.tokens")) throw refused("This GGUF file has no tokenizer.", "Choose another conversion of the model.");
  // llama.cpp looks bytes up with .at() and takes the whole process down when one is missing: ggml-org/llama.cpp, llama_vocab::byte_to_token.
  if (text(header, "tokenizer.ggml.model") === "llama" && header.byteTokens < 256) {
    throw refused(
      `The tokenizer of this model has ${header.byteTokens} of the 256 byte tokens it needs; llama.cpp would crash on the first character it does not know.`,
      "The conversion is faulty: choose another conversion of the model.",
    );
  }
}

function modelInfo(header: GgufHeader, architecture: string): GgufInfo {
  const layers = number(header, `${architecture}.block_count`) ?? 0;
  return {
    ...common(header, architecture), kind: "model", adapter: undefined, layers,
    contextLength: number(header, `${architecture}.context_length`),
    chatTemplate: text(header, "tokenizer.chat_template")?.trim() ? text(header, "tokenizer.chat_template") : undefined,
    vocabularySize: list(header, "tokenizer.ggml.tokens")?.length ?? 0,
    kvBytesPerToken: kvBytesPerToken(header, architecture, layers),
  };
}

function adapterInfo(header: GgufHeader, architecture: string): GgufInfo {
  const type = text(header, "adapter.type");
  if (type !== "lora") throw refused(`This adapter is of the kind "${type ?? "unknown"}"; LoRA adapters can be used.`);
  const factor = header.tensors.find((t) => /\.lora_[ab]$/.test(t.name));
  // B is rank × outputs, A inputs × rank; an embedding table's A is stored the other way round.
  const rank = factor?.shape[factor.name.endsWith(".lora_b") || factor.name.startsWith("token_embd.") ? 0 : 1];
  if (!rank) throw refused("This adapter has no LoRA weights.", "Convert it again with llama.cpp's convert_lora_to_gguf.py.");
  const alpha = number(header, "adapter.lora.alpha") ?? rank;
  return { ...common(header, architecture), kind: "adapter", adapter: { rank, alpha }, layers: 0, contextLength: undefined, chatTemplate: undefined, vocabularySize: 0, kvBytesPerToken: 0 };
}

function common(header: GgufHeader, architecture: string) {
  return {
    architecture, header, fileBytes: header.fileBytes,
    name: text(header, "general.name"),
    licence: text(header, "general.license"),
    baseModel: text(header, "general.base_model.0.repo_url") ?? text(header, "general.base_model.0.name"),
    baseSha256: baseHash(header),
    merged: [...header.metadata.keys()].some((key) => key.startsWith("lorekeep.merge.")),
    mergedFrom: mergedFrom(header),
    family: text(header, "general.basename"),
    languages: (list(header, "general.languages")?.items ?? []).filter((item): item is string => typeof item === "string"),
    parameters: header.tensors.reduce((sum, t) => sum + t.shape.reduce((product, n) => product * n, 1), 0),
    quantisation: quantisation(header),
  };
}

/** Under which key depends on what was made (`lorekeep.merge.base.sha256`, `lorekeep.base.sha256`); what it says does not. */
function baseHash(header: GgufHeader): string | undefined {
  for (const [key, value] of header.metadata) {
    if (/^lorekeep\..*base.*(sha256|hash)$/.test(key) && typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  }
  return undefined;
}

function quantisation(header: GgufHeader): string {
  const stated = fileTypes.get(number(header, "general.file_type") ?? -1);
  if (stated) return stated;
  const bytes = new Map<string, number>();
  for (const t of header.tensors) bytes.set(t.typeName ?? `type ${t.type}`, (bytes.get(t.typeName ?? `type ${t.type}`) ?? 0) + (t.bytes ?? 0));
  return [...bytes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "unknown";
}

/** Keys and values of every layer that has attention. `head_count_kv` may differ by layer (hybrid models: 0 for layers without). */
function kvBytesPerToken(header: GgufHeader, architecture: string, layers: number): number {
  const heads = number(header, `${architecture}.attention.head_count`) ?? 0;
  const perHead = (number(header, `${architecture}.embedding_length`) ?? 0) / (heads || 1);
  const keys = number(header, `${architecture}.attention.key_length`) ?? perHead;
  const values = number(header, `${architecture}.attention.value_length`) ?? perHead;
  const kv = header.metadata.get(`${architecture}.attention.head_count_kv`) ?? heads;
  const kvHeads = typeof kv === "object" ? kv.items.reduce<number>((sum, n) => sum + Number(n), 0) : Number(kv) * layers;
  return kvHeads * (keys + values) * CACHE_BYTES_PER_VALUE;
}

const text = (header: GgufHeader, key: string): string | undefined => {
  const found = header.metadata.get(key);
  return typeof found === "string" && found !== "" ? found : undefined;
};
const number = (header: GgufHeader, key: string): number | undefined => {
  const found = header.metadata.get(key);
  return typeof found === "number" ? found : undefined;
};
const list = (header: GgufHeader, key: string): GgufArray | undefined => {
  const found = header.metadata.get(key);
  return typeof found === "object" ? found : undefined;
};
