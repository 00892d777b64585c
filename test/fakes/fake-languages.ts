import { LorekeepError } from "../../engine/base/errors.ts";
import { isoOf, languageName, recognitionLanguageCodes } from "../../engine/base/recognition-languages.ts";
import type { RecognitionLanguage } from "../../engine/contract/index.ts";
import { os } from "../../engine/contract/server.ts";
import type { FakeWorld } from "./fake-world.ts";

/** Languages that come as slowly as a person can watch. */
export function languageHandlers(world: FakeWorld) {
  const installed = new Set<string>();
  const coming = new Map<string, number>();
  const describe = (code: string): RecognitionLanguage => {
    const builtIn = code === "eng" || code === "deu";
    const received = coming.get(code);
    return {
      code, name: languageName(code), isUsed: world.settings.ingest.ocrLanguages.includes(code),
      state: builtIn ? "built-in" : installed.has(code) ? "installed" : received === undefined ? "available" : "downloading",
      ...(builtIn || installed.has(code) ? { sizeBytes: 1_300_000 } : isoOf(code) === "fr" ? { downloadBytes: 6_959_264 } : {}),
      ...(received === undefined ? {} : { receivedBytes: received }),
    };
  };
  const use = (codes: string[]) => {
    world.settings = { ...world.settings, ingest: { ...world.settings.ingest, ocrLanguages: codes } };
    world.changed("settings");
    world.changed("downloads");
  };
  return {
    languages: {
      list: os.languages.list.handler(() => ["eng", "deu", ...recognitionLanguageCodes.filter((code) => code !== "eng" && code !== "deu")].map(describe)),
      download: os.languages.download.handler(async ({ input: { code } }) => {
        if (!recognitionLanguageCodes.includes(code)) throw new LorekeepError("NOT_FOUND", "There is no such language.");
        for (let step = 1; step <= 5; step++) {
          coming.set(code, step * 1_300_000);
          world.changed("downloads");
          await world.sleep(world.stepMs);
        }
        coming.delete(code);
        installed.add(code);
        use([...new Set([...world.settings.ingest.ocrLanguages, code])]);
        return describe(code);
      }),
      remove: os.languages.remove.handler(({ input: { code } }) => {
        installed.delete(code);
        use(world.settings.ingest.ocrLanguages.filter((other) => other !== code));
      }),
    },
  };
}
