/** A passage's id says which document it is of, and its place there: whoever has the id need not fetch either. */
export const passageId = (documentId: string, position: number): string => `${documentId}:${position}`;

/** The inverse of {@link passageId}. @throws RangeError for what is no passage's id. */
export function partsOfPassageId(id: string): { readonly documentId: string; readonly position: number } {
  const at = id.lastIndexOf(":");
  const position = Number(id.slice(at + 1));
  if (at < 1 || at === id.length - 1 || !Number.isInteger(position)) throw new RangeError(`No passage's id: ${id}`);
  return { documentId: id.slice(0, at), position };
}
