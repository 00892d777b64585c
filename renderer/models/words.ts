import type { CatalogueEntry, ShelfItem } from "../../engine/contract/index.ts";
import { bytes, count } from "../app/words.ts";
import type { Tone } from "../design/index.ts";

/** "4 B", "360 M": weights, in the units people name models by. */
export function parameters(value: number): string {
  const [unit, by] = value >= 1e9 ? ["B", 1e9] : value >= 1e6 ? ["M", 1e6] : ["K", 1e3];
  const scaled = value / by;
  return `${scaled >= 100 ? Math.round(scaled) : Number(scaled.toFixed(1))} ${unit}`;
}

/** Whether it runs here: a mark and its words. The sentence with the numbers is the engine's. */
export const fitWords: Readonly<Record<NonNullable<ShelfItem["fit"]>["verdict"], readonly [tone: Tone, words: string]>> = {
  fits: ["good", "Fits this machine"], "smaller-context": ["warn", "Fits with a smaller context"], "partly-on-gpu": ["warn", "Partly on the graphics card"], "will-not-fit": ["danger", "Will not fit"],
};

/** What a model is, in one line. */
export function summary(item: ShelfItem): string {
  return [
    item.family ?? item.architecture,
    item.parameters ? `${parameters(item.parameters)} parameters` : "",
    item.quantisation ?? "",
    item.kind === "adapter" && item.rank ? `rank ${item.rank}` : "",
    item.contextLength ? `${count(item.contextLength)} tokens of context` : "",
    bytes(item.sizeBytes),
  ].filter(Boolean).join(" · ");
}

const languageNames = new Intl.DisplayNames("en", { type: "language" });

export function language(code: string): string {
  if (!/^[a-z]{2,3}(-[a-z0-9]+)*$/i.test(code)) return code === "" ? "" : (code[0]?.toUpperCase() ?? "") + code.slice(1);
  return languageNames.of(code) ?? code;
}

/** What a person calls it. */
export const kindNames: Record<ShelfItem["kind"], string> = { model: "model", adapter: "adapter", reranker: "reranker" };

export const kindWords: Record<CatalogueEntry["kind"], string> = { chat: "Answers", embedder: "Finds passages", reranker: "Sorts passages" };

/** The machine behind an address, for "from where". */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url; // Shown as it is: it is only words.
  }
}
