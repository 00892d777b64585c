import type { GgufInfo } from "./info.ts";
import { bytesInWords } from "./refusal.ts";

/** Does a model fit this machine, from the GGUF's own numbers. */
export interface ModelFit {
  readonly verdict: "fits" | "smaller-context" | "partly-on-gpu" | "will-not-fit";
  /** For a person. */
  readonly text: string;
  readonly modelBytes: number;
  /** Key-value cache and working memory at `contextSize`. */
  readonly contextBytes: number;
  readonly freeBytes: number;
  /** Tokens: the size asked for, or the largest that fits. */
  readonly contextSize: number;
}

/** Tokens llama.cpp evaluates at once; its working memory holds one row of the vocabulary, 4 bytes each, for every one. */
const BATCH = 512;
const LEAST_CONTEXT = 512;

/** Bytes of one context: key-value cache plus working memory. An estimate from above; what was really taken is reported after loading. */
export function contextBytes(info: Pick<GgufInfo, "kvBytesPerToken" | "vocabularySize">, contextSize: number): number {
  return info.kvBytesPerToken * contextSize + BATCH * info.vocabularySize * 4;
}

export interface Machine {
  /** Bytes of memory that are free. */
  readonly freeBytes: number;
  /** Bytes free on a graphics card with a memory of its own, where one is known. */
  readonly gpuFreeBytes?: number | undefined;
}

/** Holds model plus one context of `contextSize` tokens (absent: up to 8192 of the trained length) against what a machine has free. */
export function modelFit(info: GgufInfo, { freeBytes, gpuFreeBytes = 0 }: Machine, contextSize?: number): ModelFit {
  const trained = info.contextLength ?? LEAST_CONTEXT;
  const wanted = Math.min(contextSize ?? 8192, trained);
  const room = freeBytes - info.fileBytes - contextBytes(info, 0);
  const most = info.kvBytesPerToken > 0 ? Math.floor(room / info.kvBytesPerToken) : wanted;
  const result = (verdict: ModelFit["verdict"], size: number, text: string): ModelFit =>
    ({ verdict, text, modelBytes: info.fileBytes, contextBytes: contextBytes(info, size), freeBytes, contextSize: size });
  const needed = info.fileBytes + contextBytes(info, wanted);
  const need = bytesInWords(needed);
  const layers = layersOnGpu(info, needed, gpuFreeBytes);
  // What is on the card takes no other memory: it is only read through it.
  const besideCard = layers === 0 ? needed : needed * (1 - layers / info.layers);
  if (layers > 0 && layers < info.layers && besideCard <= freeBytes) {
    return result("partly-on-gpu", wanted, `Fits, partly on the graphics card: it needs about ${need} with room for ${wanted} tokens; about ${layers} of ${info.layers} layers find room in the ${bytesInWords(gpuFreeBytes)} there, the others run on the processor, more slowly.`);
  }
  if (most >= wanted) return result("fits", wanted, `Fits: it needs about ${need} with room for ${wanted} tokens, and ${bytesInWords(freeBytes)} are free.`);
  if (besideCard === 0) return result("fits", wanted, `Fits: it needs about ${need} with room for ${wanted} tokens, and ${bytesInWords(gpuFreeBytes)} are free on the graphics card.`);
  if (most >= Math.min(LEAST_CONTEXT, wanted)) {
    return result("smaller-context", most, `Fits with less context: ${wanted} tokens would need about ${need}, ${bytesInWords(freeBytes)} are free, enough for ${most} tokens.`);
  }
  return result("will-not-fit", wanted, `Does not fit: it needs about ${need}, and ${bytesInWords(freeBytes)} are free.`);
}

/** Layers that find room on the card, each with its share of weights and cache. */
function layersOnGpu({ layers }: GgufInfo, needed: number, gpuFreeBytes: number): number {
  return layers === 0 ? 0 : Math.min(layers, Math.floor((gpuFreeBytes / needed) * layers));
}
