import { Download } from "lucide-react";
import { useState } from "react";
import type { RecognitionLanguage } from "../../engine/contract/index.ts";
import { bytes } from "../app/words.ts";
import { Button, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useLanguages } from "../engine/queries.ts";

/** "Download French (7.0 MB)": what is on this machine already only has to be used. */
function downloadWords({ name, state, downloadBytes }: RecognitionLanguage): string {
  if (state === "built-in" || state === "installed") return `Use ${name}`;
  return `Download ${name}${downloadBytes === undefined ? "" : ` (${bytes(downloadBytes)})`}`;
}

interface LanguageActionProps { code: string; /** Read again once the language is there. */ documentId: string; primary?: boolean }

/** The way from a document that lacks a language to one that is read in it, in one click. */
export function LanguageAction({ code, documentId, primary = false }: LanguageActionProps) {
  const engine = useEngine();
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const { data: languages } = useLanguages();
  const language = languages?.find((one) => one.code === code);
  if (!language) return null;
  const go = async () => {
    setBusy(true);
    try {
      await engine.languages.download({ code });
      await engine.documents.retry({ ids: [documentId] });
      toasts.show({ title: `${language.name} is here`, text: "The document will be read again." });
    } catch (error) {
      toasts.fail(error, `${language.name} could not be downloaded`);
    } finally {
      setBusy(false);
    }
  };
  const isComing = busy || language.state === "downloading";
  return (
    <Button size="s" variant={primary ? "primary" : "secondary"} icon={<Download />} busy={isComing} onClick={() => void go()}>
      {isComing ? comingWords(language) : language.isUsed && language.state !== "available" ? `Read again with ${language.name}` : `${downloadWords(language)} and read again`}
    </Button>
  );
}

export function comingWords({ name, receivedBytes = 0, downloadBytes }: RecognitionLanguage): string {
  return `Downloading ${name}${receivedBytes === 0 ? "" : `, ${bytes(receivedBytes)}${downloadBytes === undefined ? "" : ` of ${bytes(downloadBytes)}`}`}`;
}
