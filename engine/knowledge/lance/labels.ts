import { numberOf, textOf, textsOf, type Row } from "./rows.ts";
import { literal, storedTime, textArray } from "./sql.ts";

export interface LabelChange {
  collectionId?: string;
  path?: string;
  tags?: readonly string[];
  modified?: string;
}

/** A change of labels as SQL assignments, for the document's row and its passages alike. */
export function changeSql(change: LabelChange, revision: number): Record<string, string> {
  return {
    revision: String(revision),
    ...(change.collectionId === undefined ? {} : { collection_id: literal(change.collectionId) }),
    ...(change.path === undefined ? {} : { path: literal(change.path) }),
    ...(change.tags === undefined ? {} : { tags: textArray(change.tags) }),
    ...(change.modified === undefined ? {} : { modified: literal(storedTime(change.modified, "modified")) }),
  };
}

/** All labels of a document's row that can change, as assignments for its passages. */
export function labelsSql(document: Row): Record<string, string> {
  const { modified } = document;
  return changeSql(
    {
      collectionId: textOf(document, "collection_id"),
      path: textOf(document, "path"),
      tags: textsOf(document, "tags"),
      ...(modified === null || modified === undefined ? {} : { modified: textOf(document, "modified") }),
    },
    numberOf(document, "revision"),
  );
}
