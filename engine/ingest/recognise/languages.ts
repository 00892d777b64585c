import { codeOfIso, isoOf, languageName, languageNames } from "../../base/recognition-languages.ts";
import { confidenceOf, POORLY_RECOGNISED, type Block, type Extraction } from "../../contract/document.ts";
import { clearlyOtherLanguage } from "../../knowledge/language.ts";
import { languageFile, languageFolder } from "../../workers/language-file.ts";

type Warning = Extraction["warnings"][number];

/** Letters of recognised text below which a language is not told: names and numbers look like anything. */
const ENOUGH = 120;

/** The first of these languages for which there are no data on this machine. */
export function missingLanguage(workspace: string, languages: readonly string[]): string | undefined {
  return languages.find((code) => languageFile(code, languageFolder(workspace)) === undefined);
}

export function noLanguageData(code: string): Warning {
  return { code: "no-language-data", message: `Its pictures are unread: there are no data here to recognise text in ${languageName(code)}.`, language: code };
}

/** A document has more pictures than the settings allow to be recognised. */
export function beyondLimit(first: number, all: number): Warning {
  return { code: "truncated", message: `Only the first ${first.toLocaleString("en")} of its ${all.toLocaleString("en")} pictures are recognised; the settings say how many.` };
}

/**
 * What to say of recognised text that is clearly in another language than it was read in: letters of the other one (ç, ł, ё) were guessed. Text
 * that came out badly and in no language at all may be in another script. undefined: nothing speaks against the languages.
 */
export async function otherLanguage(blocks: readonly Block[], languages: readonly string[]): Promise<Warning | undefined> {
  const text = blocks.filter(({ recognised }) => recognised).map((block) => block.text).join("\n");
  if ((text.match(/\p{L}/gu)?.length ?? 0) < ENOUGH) return undefined;
  const found = await clearlyOtherLanguage(text, languages.flatMap((code) => isoOf(code) ?? []));
  const language = typeof found === "string" ? codeOfIso(found) : undefined;
  const read = `its letters were read with ${languageNames(languages)} data`;
  if (language !== undefined) return { code: "other-language", message: `Probably ${languageName(language)}: ${read}.`, language };
  if (found !== "none" || (confidenceOf(blocks) ?? 1) >= POORLY_RECOGNISED) return undefined;
  return { code: "other-language", message: `Perhaps in another language: ${read}, and came out badly.` };
}
