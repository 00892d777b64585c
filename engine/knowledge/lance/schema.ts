import { Field, FixedSizeList, Float32, Int32, List, Schema, Utf8 } from "apache-arrow";
import { WORD_LANGUAGES, wordsColumn } from "./languages.ts";

const text = (name: string) => new Field(name, new Utf8(), false);
const maybeText = (name: string) => new Field(name, new Utf8(), true);
const number = (name: string) => new Field(name, new Int32(), false);
const texts = (name: string) => new Field(name, new List(new Field("item", new Utf8(), true)), false);

/** What a filter can ask for; the same in both tables, so that a search needs no join. */
const labels = () => [text("collection_id"), text("path"), maybeText("title"), text("format"), maybeText("modified"), texts("tags"), maybeText("language")];

/**
 * `generation`: the put that wrote the row, one per document and put. A passage counts only while its document's row names the same
 * generation; this is how a document with all its passages comes and goes at once. `revision`: how often the labels were changed.
 */
const commit = () => [text("embedder"), text("generation"), number("revision")];

export function documentsSchema(): Schema {
  return new Schema([text("id"), ...labels(), text("content_hash"), number("passages"), ...commit()]);
}

/** Vectors are float32: float16 loses nothing and halves the disk, but LanceDB's flat scan is three to six times slower on it. */
export function passagesSchema(dimensions: number): Schema {
  return new Schema([
    text("id"), text("document_id"), ...labels(),
    number("position"), number("char_start"), number("char_end"), new Field("page", new Int32(), true),
    texts("heading_path"), text("text"), text("text_hash"), ...commit(),
    new Field("vector", new FixedSizeList(dimensions, new Field("item", new Float32(), true)), false),
    ...WORD_LANGUAGES.map((language) => maybeText(wordsColumn(language))),
  ]);
}

/** Facts about the database itself: schema version, which embedder owns which pair of tables. */
export function metaSchema(): Schema {
  return new Schema([text("key"), text("value")]);
}

/** What makes up a passage as the contract has it. */
export const PASSAGE_COLUMNS = [
  "id", "document_id", "collection_id", "path", "title", "format", "modified", "position", "char_start", "char_end", "page", "heading_path", "text", "generation",
] as const;
