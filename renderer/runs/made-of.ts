import type { RunSummary, ShelfItem } from "../../engine/contract/index.ts";

/** The models and adapters of a run by name, each once; those that left the shelf are left out. Two runs of one set differ in nothing else. */
export function madeOf({ variants }: Pick<RunSummary, "variants">, shelf: readonly ShelfItem[]): string {
  const used = variants.flatMap(({ modelId, adapters }) => [...(modelId === undefined ? [] : [{ modelId, scale: 1 }]), ...adapters]);
  const names = used.flatMap(({ modelId, scale }) => { const item = shelf.find(({ id }) => id === modelId); return item ? [`${item.name}${scale === 1 ? "" : ` × ${scale}`}`] : []; });
  return [...new Set(names)].join(" + ");
}
