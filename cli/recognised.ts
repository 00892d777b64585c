import { POORLY_RECOGNISED, type CharRange, type EngineClient } from "../engine/contract/index.ts";

interface At { readonly documentId: string; readonly range: CharRange }

/** How surely each of these stretches of text was recognised in a picture, 0..1; undefined where it comes from a text layer. */
export async function recognisedOf(client: EngineClient, places: readonly At[]): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = places.map(() => undefined);
  for (const id of new Set(places.map(({ documentId }) => documentId))) {
    const all = places.map((place, i) => ({ ...place, i })).filter(({ documentId }) => documentId === id);
    const confidences = await client.documents.recognised({ id, ranges: all.map(({ range }) => range) });
    all.forEach(({ i }, n) => { found[i] = confidences[n] ?? undefined; });
  }
  return found;
}

/** Said behind a place whose words were recognised, with a warning where they may well be wrong. */
export function recognisedNote(confidence: number | undefined): string {
  if (confidence === undefined) return "";
  return `  (recognised in a picture, ${Math.round(confidence * 100)} %${confidence < POORLY_RECOGNISED ? ": may be wrong" : ""})`;
}
