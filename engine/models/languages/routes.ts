import { LorekeepError } from "../../base/errors.ts";
import { languageName } from "../../base/recognition-languages.ts";
import { os } from "../../contract/server.ts";
import type { Settings } from "../../contract/settings.ts";
import type { SettingsStore } from "../../settings/settings.ts";
import type { LanguageData } from "./language-data.ts";

/** As many as the settings take. */
const MOST = 6;

/** The contract's languages of text recognition. */
export function languageRoutes({ languages, settings }: { languages: LanguageData; settings: SettingsStore }) {
  const used = () => settings.value.ingest.ocrLanguages;
  const use = async (codes: Settings["ingest"]["ocrLanguages"]) => {
    await settings.update({ ingest: { ocrLanguages: codes } });
    languages.changed(); // The list says which are used.
  };
  return {
    list: os.languages.list.handler(() => languages.list(used())),
    download: os.languages.download.handler(async ({ input: { code }, signal }) => {
      if (!used().includes(code) && used().length >= MOST) throw new LorekeepError("CONFLICT", { reason: `Pictures are read in ${MOST} languages already.`, next: "Take one out under Settings, Reading documents." });
      await languages.download(code, signal);
      if (!used().includes(code)) await use([...used(), code]);
      return languages.describe(code, used());
    }),
    remove: os.languages.remove.handler(async ({ input: { code } }) => {
      const left = used().filter((other) => other !== code);
      if (left.length === 0) throw new LorekeepError("CONFLICT", { reason: `${languageName(code)} is the only language in which pictures are read.`, next: "Add another one first." });
      await languages.remove(code);
      if (left.length < used().length) await use(left);
    }),
  };
}
