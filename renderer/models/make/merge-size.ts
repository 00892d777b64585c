import type { MergeType, ShelfItem } from "../../../engine/contract/index.ts";

/** Bytes per weight. Q8_0 keeps 32 weights in 34 bytes (a scale in F16 and 32 bytes). */
const bytesPerWeight: Readonly<Record<Exclude<MergeType, "as-base">, number>> = { F32: 4, F16: 2, BF16: 2, Q8_0: 34 / 32 };

/** About how large the merged file will be, in bytes. undefined where the base does not say how many weights it has. */
export function mergedBytes(base: Pick<ShelfItem, "sizeBytes" | "parameters">, type: MergeType): number | undefined {
  if (type === "as-base") return base.sizeBytes;
  return base.parameters === undefined ? undefined : base.parameters * bytesPerWeight[type];
}

/** Quantisations whose weights can be added to. Others are refused by the engine, by name; said before it is asked. */
export const canMergeInto = (base: Pick<ShelfItem, "quantisation">): boolean => base.quantisation === undefined || ["F32", "F16", "BF16", "Q8_0"].includes(base.quantisation.toUpperCase());

/** A strength as typed: −4 to 4, comma or point; undefined for what is no such number. */
export function mergeScale(text: string): number | undefined {
  const value = Number(text.trim().replace(",", ".").replace("−", "-"));
  return text.trim() !== "" && Number.isFinite(value) && Math.abs(value) <= 4 ? value : undefined;
}
