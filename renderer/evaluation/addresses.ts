import { whyInput, type WhyInput } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";

export const places = ["search", "why", "sets"] as const;
export type Place = (typeof places)[number];

/** Second part of the route: the tab, and for "why" the question itself, so that a walk can be linked to and survives a reload. */
export function parsePlace(id: string | undefined): { place: Place; why?: WhyInput } {
  const [name, ...rest] = (id ?? "").split(":");
  const place = places.find((candidate) => candidate === name) ?? "search";
  const given = rest.length > 0 ? whyInput.safeParse(json(rest.join(":"))) : undefined;
  return { place, ...(given?.success ? { why: given.data } : {}) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // An address typed by hand: the schema refuses it and the form stays empty.
  }
}

const idOf = (input: WhyInput): string => `why:${JSON.stringify(input)}`;
export const goWhy = (input: WhyInput): void => go("retrieval", idOf(input));
