import { go } from "../app/route.ts";

/** Where one is inside Evaluate: `#/evaluate/sets`, `#/evaluate/set:ID`, `#/evaluate/run:ID`, `#/evaluate/change:BEFORE:AFTER`. */
export type Place =
  | { readonly kind: "runs" } | { readonly kind: "sets" }
  | { readonly kind: "set"; readonly id: string } | { readonly kind: "run"; readonly id: string }
  | { readonly kind: "change"; readonly before: string; readonly after: string };

export function parsePlace(id: string | undefined): Place {
  const [kind = "", first = "", second = ""] = (id ?? "").split(":");
  if (kind === "sets") return { kind };
  if ((kind === "set" || kind === "run") && first) return { kind, id: first };
  if (kind === "change" && first && second) return { kind, before: first, after: second };
  return { kind: "runs" };
}

export const goEvaluate = (place: Place): void => go("evaluate", place.kind === "runs" ? undefined : place.kind === "sets" ? "sets" : place.kind === "change" ? `change:${place.before}:${place.after}` : `${place.kind}:${place.id}`);
