import { LorekeepError } from "../../engine/base/errors.ts";
import type { EngineClient, RecognitionLanguage } from "../../engine/contract/index.ts";
import type { Session } from "../session.ts";
import { bytes } from "../terminal.ts";

/** lorekeep languages: in which languages text in pictures is read, and which can be had. */
export async function listLanguages({ client, terminal }: Session): Promise<void> {
  const languages = await client.languages.list();
  for (const language of languages) {
    const size = language.sizeBytes ?? language.downloadBytes;
    terminal.line(`${language.isUsed ? "*" : " "} ${language.code.padEnd(9)} ${language.state.padEnd(11)} ${language.name}${size === undefined ? "" : ` (${bytes(size)})`}`);
  }
  terminal.line("* pictures are read in it");
  terminal.result({ languages });
}

/** lorekeep languages add: fetches the data where they are not there. Ctrl-C keeps what has come; the same command goes on from there. */
export async function addLanguage({ client, terminal, signal }: Session, wanted: string): Promise<void> {
  const { code } = await find(client, wanted);
  const language = await client.languages.download({ code }, { signal });
  terminal.line(`Pictures are read in ${language.name} from now on. What was read before: lorekeep retry FILE.`);
  terminal.result({ language });
}

export async function removeLanguage({ client, terminal }: Session, wanted: string): Promise<void> {
  const { code, name } = await find(client, wanted);
  await client.languages.remove({ code });
  terminal.line(`Pictures are no longer read in ${name}.`);
  terminal.result({ removed: code });
}

/** By code ("fra") or name ("French"). */
async function find(client: EngineClient, wanted: string): Promise<RecognitionLanguage> {
  const languages = await client.languages.list();
  const found = languages.find(({ code, name }) => code === wanted || name.toLowerCase() === wanted.toLowerCase());
  if (!found) throw new LorekeepError("NOT_FOUND", { reason: `There are no data to recognise text in “${wanted}”.`, next: "See `lorekeep languages`." });
  return found;
}
