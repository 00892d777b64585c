import { LorekeepError } from "../../base/errors.ts";
import type { SearchScope } from "../store.ts";

/** A text as a SQL literal. LanceDB's dialect has one escape, the doubled quote; a backslash is an ordinary character. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `column IN (…)`; no values match nothing. 50,000 values were measured at 0.13 s. */
export function isIn(column: string, values: readonly string[]): string {
  return values.length === 0 ? "false" : `${column} IN (${values.map(literal).join(",")})`;
}

export function isNotIn(column: string, values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : `${column} NOT IN (${values.map(literal).join(",")})`;
}

/** An array of texts as a SQL expression. The empty one needs a detour: the dialect cannot write it. */
export function textArray(values: readonly string[]): string {
  return values.length === 0 ? "array_remove_all(make_array(''), '')" : `make_array(${values.map(literal).join(",")})`;
}

export function all(conditions: readonly (string | undefined)[]): string | undefined {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? undefined : given.map((condition) => `(${condition})`).join(" AND ");
}

/** A time as it is stored: ISO 8601 in UTC with milliseconds, so that order as text is order in time. */
export function storedTime(text: string, field: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new LorekeepError("INVALID", { reason: `“${text}” is not a date.`, field });
  return time.toISOString();
}

/** What the scope lets through, as a predicate over the passages' own columns. An empty list in the filter is no condition. */
export function scopePredicate(scope: SearchScope): string | undefined {
  const { filter } = scope;
  const given = (column: string, values: readonly string[] | undefined) => (values && values.length > 0 ? isIn(column, values) : undefined);
  return all([
    given("collection_id", filter.collectionIds),
    given("document_id", filter.documentIds),
    given("format", filter.formats),
    filter.path ? `contains(lower(path), ${literal(filter.path.toLowerCase())})` : undefined,
    filter.modifiedAfter ? `modified >= ${literal(storedTime(filter.modifiedAfter, "modifiedAfter"))}` : undefined,
    filter.modifiedBefore ? `modified < ${literal(storedTime(filter.modifiedBefore, "modifiedBefore"))}` : undefined,
    filter.tags && filter.tags.length > 0 ? `array_has_any(tags, ${textArray(filter.tags)})` : undefined,
    isNotIn("document_id", scope.excludeDocumentIds),
    isNotIn("collection_id", scope.excludeCollectionIds),
  ]);
}
