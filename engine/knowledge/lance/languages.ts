import { Index } from "@lancedb/lancedb";

/** Languages the full-text index can stem, ISO 639-1 to LanceDB's name; everything else goes to `other`, unstemmed. */
const STEMMED: Readonly<Record<string, string>> = {
  ar: "Arabic", da: "Danish", nl: "Dutch", en: "English", fi: "Finnish", fr: "French", de: "German", el: "Greek", hu: "Hungarian",
  it: "Italian", no: "Norwegian", pt: "Portuguese", ro: "Romanian", ru: "Russian", es: "Spanish", sv: "Swedish", ta: "Tamil", tr: "Turkish",
};

export const OTHER = "other";

/** One full-text index has one language, so each language has its own column: a passage's words stand in exactly one of them. */
export const WORD_LANGUAGES: readonly string[] = [...Object.keys(STEMMED), OTHER];

export const wordsColumn = (language: string): string => `words_${language}`;

/** The column language of a document: its own where it can be stemmed, else `other`. */
export function wordLanguage(language: string | undefined): string {
  return language !== undefined && Object.hasOwn(STEMMED, language) ? language : OTHER;
}

/** Every option is stated: the defaults have changed between versions, and stemming and stop words are worth .02 nDCG (docs/benchmarks.md). */
export function wordsIndex(language: string): Index {
  const name = STEMMED[language];
  const common = { lowercase: true, asciiFolding: true, withPosition: false, maxTokenLength: 40 } as const;
  // ICU finds words where none are written apart (Chinese, Japanese, Thai).
  if (name === undefined) return Index.fts({ ...common, baseTokenizer: "icu", stem: false, removeStopWords: false });
  return Index.fts({ ...common, baseTokenizer: "simple", language: name, stem: true, removeStopWords: true });
}
