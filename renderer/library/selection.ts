/** Which rows are chosen. `active` is the row the keyboard stands on, `anchor` where a range began; both are row numbers, -1 for none. */
export interface Selection { readonly ids: ReadonlySet<string>; readonly active: number; readonly anchor: number }

export const nothingSelected: Selection = { ids: new Set(), active: -1, anchor: -1 };

export const selectOnly = (id: string | undefined, index: number): Selection => ({ ids: new Set(id === undefined ? [] : [id]), active: index, anchor: index });

export function toggle(selection: Selection, id: string, index: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, active: index, anchor: index };
}

/** A range from the anchor: replaces what was chosen, as in every file manager. */
export const selectRange = (selection: Selection, ids: readonly string[], active: number): Selection => ({ ids: new Set(ids), active, anchor: selection.anchor < 0 ? active : selection.anchor });

/** What remains chosen when documents go away. */
export function without(selection: Selection, gone: Iterable<string>): Selection {
  const ids = new Set(selection.ids);
  for (const id of gone) ids.delete(id);
  return { ...selection, ids };
}

/** Where a key leads: a row number, or undefined when the key moves nothing. `page` is the number of rows in sight. */
export function moveBy(key: string, active: number, { total, page }: { total: number; page: number }): number | undefined {
  const moves: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: total - 1 };
  const to = moves[key];
  if (to === undefined || total === 0) return undefined;
  return Math.max(0, Math.min(total - 1, to));
}
