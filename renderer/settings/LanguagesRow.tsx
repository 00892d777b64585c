import { Plus, X } from "lucide-react";
import type { RecognitionLanguage } from "../../engine/contract/index.ts";
import { bytes } from "../app/words.ts";
import { Badge, Button, ErrorState, IconButton, Picker, Spinner, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useLanguages } from "../engine/queries.ts";
import { comingWords } from "../library/LanguageAction.tsx";
import { Row } from "./Row.tsx";
import css from "./settings.module.css";

const isHere = ({ state }: RecognitionLanguage): boolean => state === "built-in" || state === "installed";

/** The languages in which pictures are read: what is used, what lies here unused, and what can be had. */
export function LanguagesRow() {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: languages, error, refetch } = useLanguages();
  const attempt = (doing: Promise<unknown>, title: string) => { doing.catch((problem: unknown) => toasts.fail(problem, title)); };
  const add = (language: RecognitionLanguage) => attempt(engine.languages.download({ code: language.code }), `${language.name} could not be added`);
  const remove = (language: RecognitionLanguage) => attempt(engine.languages.remove({ code: language.code }), `${language.name} could not be taken out`);
  const shown = languages?.filter((language) => language.isUsed || language.state === "downloading" || language.state === "installed") ?? [];
  const others = languages?.filter((language) => !language.isUsed && language.state !== "downloading") ?? [];
  return (
    <Row wide label="Languages of the pictures" hint="English and German are in the box. Others are downloaded when you add them, some 5 to 15 MB each, checked, and kept in the workspace. Each makes recognition slower.">
      {({ id, describedBy }) => error ? <ErrorState compact error={error} title="The languages could not be listed" onRetry={() => void refetch()} /> : !languages ? <Spinner label="Listing the languages" /> : (
        <div className={css.languages} aria-describedby={describedBy}>
          <ul>
            {shown.map((language) => (
              <li key={language.code}>
                <span className={css.languageName}>{language.name}</span>
                <span className={css.hint}>{language.state === "downloading" ? comingWords(language) : stateWords(language)}</span>
                {language.state === "downloading" ? <Spinner size={14} /> : <>
                  {language.state === "available" ? <Button size="s" onClick={() => add(language)}>Download</Button> : !language.isUsed ? <Button size="s" onClick={() => add(language)}>Use</Button> : null}
                  <IconButton size="s" label={language.state === "installed" ? `Remove ${language.name} and its data` : `Take out ${language.name}`} onClick={() => remove(language)}><X /></IconButton>
                </>}
              </li>
            ))}
          </ul>
          <Picker label="Add a language" placeholder="Search languages" selected={[]} trigger={<Button id={id} size="s" icon={<Plus />}>Add a language</Button>}
            options={others.map((language) => ({ value: language.code, label: language.name, keywords: language.code, hint: isHere(language) ? "here" : language.downloadBytes === undefined ? undefined : bytes(language.downloadBytes) }))}
            onToggle={(code) => { const language = others.find((one) => one.code === code); if (language) add(language); }} />
        </div>
      )}
    </Row>
  );
}

function stateWords({ state, sizeBytes }: RecognitionLanguage): React.ReactNode {
  if (state === "available") return <Badge tone="warn">No data here</Badge>;
  return [state === "built-in" ? "In the box" : "Downloaded", sizeBytes === undefined ? undefined : bytes(sizeBytes)].filter(Boolean).join(" · ");
}
