import { Box, FileText, Info, MessageSquareText, Palette, ShieldCheck, type LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { Settings } from "../../engine/contract/index.ts";
import { hrefOf } from "../app/route.ts";
import { cx, ErrorState, Spinner } from "../design/index.ts";
import { useSettings } from "../engine/queries.ts";
import { AboutSection } from "./AboutSection.tsx";
import { AnswersSection } from "./AnswersSection.tsx";
import { AppearanceSection } from "./AppearanceSection.tsx";
import { EditorContext, useSettingsEditor } from "./editor.ts";
import { IngestSection } from "./IngestSection.tsx";
import { ModelsSection } from "./ModelsSection.tsx";
import { NetworkSection } from "./NetworkSection.tsx";
import css from "./settings.module.css";

interface Section { readonly id: string; readonly name: string; readonly icon: LucideIcon; readonly view: ComponentType }

const sections: readonly Section[] = [
  { id: "appearance", name: "Appearance", icon: Palette, view: AppearanceSection },
  { id: "answers", name: "Answers", icon: MessageSquareText, view: AnswersSection },
  { id: "models", name: "Models", icon: Box, view: ModelsSection },
  { id: "ingest", name: "Reading documents", icon: FileText, view: IngestSection },
  { id: "network", name: "Private & network", icon: ShieldCheck, view: NetworkSection },
  { id: "about", name: "About", icon: Info, view: AboutSection },
];

/** Everything a person can set. The route's id is the section; each field saves as soon as it is changed. */
export function SettingsScreen({ id }: { id: string | undefined }) {
  const { data, error, refetch } = useSettings();
  const section = sections.find((each) => each.id === id) ?? sections[0];
  if (!section) return null;
  return (
    <div className={css.screen}>
      <nav className={css.nav} aria-label="Settings">
        <h1>Settings</h1>
        {sections.map((each) => <a key={each.id} href={hrefOf("settings", each.id)} className={cx(css.navItem, each === section && css.navOn)} aria-current={each === section ? "page" : undefined}><each.icon aria-hidden /><span>{each.name}</span></a>)}
      </nav>
      <div className={css.scroll} key={section.id}>
        <div className={css.column}>
          <h2 className={css.title}>{section.name}</h2>
          {data ? <Body section={section} value={data} /> : error ? <ErrorState error={error} title="The settings could not be read" onRetry={() => void refetch()} /> : <div className={css.loading}><Spinner label="Reading the settings" /></div>}
        </div>
      </div>
    </div>
  );
}

function Body({ section, value }: { section: Section; value: Settings }) {
  const editor = useSettingsEditor(value);
  return <EditorContext value={editor}><section.view /></EditorContext>;
}
