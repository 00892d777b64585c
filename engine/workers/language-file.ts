import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const resolver = createRequire(import.meta.url);

/** Where language data of a workspace are. */
export const languageFolder = (workspace: string): string => join(workspace, "languages");

/** The data to recognise text in a language: a person's own first, then what was downloaded, then what is in the box; undefined where there is none. */
export function languageFile(code: string, folder: string): string | undefined {
  return ownLanguageFile(code, folder) ?? builtInLanguageFile(code);
}

/** {@link languageFile}, without what is in the box. */
export function ownLanguageFile(code: string, folder: string): string | undefined {
  return [join(folder, `${code}.traineddata`), downloadedLanguageFile(code, folder)].find((path) => existsSync(path));
}

export const downloadedLanguageFile = (code: string, folder: string): string => join(folder, `${code}.traineddata.gz`);

export function builtInLanguageFile(code: string): string | undefined {
  try {
    return join(dirname(resolver.resolve(`@tesseract.js-data/${code}/package.json`)), "4.0.0_best_int", `${code}.traineddata.gz`);
  } catch {
    return undefined; // Not one of the languages in the box.
  }
}
