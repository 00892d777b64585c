import { Columns2, Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { ProbeSettings } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { Button, EmptyState, ErrorState, SearchField, Select, Spinner, Switch } from "../design/index.ts";
import { useCollections, useDocumentCounts, useSettings } from "../engine/queries.ts";
import { ProbeColumn } from "./ProbeColumn.tsx";
import css from "./evaluation.module.css";

const PAUSE_MS = 300;
const ALL = "all";

/** The value once it has rested. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** A question in, ranked passages out; one or two settings at once. */
export function ProbePanel() {
  const { data: settings, error } = useSettings();
  const { data: collections = [] } = useCollections();
  const [question, setQuestion] = useState("");
  const [collection, setCollection] = useState(ALL);
  const [includePrivate, setPrivate] = useState(false);
  const [second, setSecond] = useState<ProbeSettings>();
  const [ignored, setIgnored] = useState<string[]>([]);
  const [first, setFirst] = useState<ProbeSettings>({});
  const asked = useRested(question.trim());
  if (error) return <ErrorState error={error} />;
  if (!settings) return <div className={css.loading}><Spinner label="Reading the settings" /></div>;
  const { answers: { candidates, sources }, search } = settings;
  const filter = collection === ALL ? {} : { collectionIds: [collection] };
  const column = (name: string, value: ProbeSettings, onChange: (next: ProbeSettings) => void) =>
    <ProbeColumn name={name} input={{ question: asked, filter, includePrivate, ignoreFilters: ignored, settings: { candidates, sources, ...value } }} defaults={{ candidates, sources, search }} onIgnore={(words) => setIgnored([...ignored, words])} onSettings={onChange} />;
  return (
    <div className={css.panel}>
      <div className={css.ask}>
        <SearchField className={css.question ?? ""} label="Question" placeholder="Ask your documents" value={question} onChange={(text) => { setQuestion(text); setIgnored([]); }} autoFocus />
        {collections.length > 1 ? <Select label="Collection" value={collection} onChange={setCollection} options={[{ value: ALL, label: "All collections" }, ...collections.map(({ id, name }) => ({ value: id, label: name }))]} /> : null}
        <Switch label="Private too" checked={includePrivate} onChange={setPrivate} />
        <Button icon={<Columns2 />} aria-pressed={second !== undefined} onClick={() => setSecond(second === undefined ? { candidates: Math.min(500, candidates * 2) } : undefined)}>{second === undefined ? "Compare settings" : "One column"}</Button>
      </div>
      {asked === "" ? <Nothing />
        : <div className={css.columns} data-columns={second === undefined ? 1 : 2}>{column(second === undefined ? "Settings" : "A", first, setFirst)}{second === undefined ? null : column("B", second, setSecond)}</div>}
    </div>
  );
}

/** Before the first question; without documents, the way to some. */
function Nothing() {
  const { data: counts } = useDocumentCounts();
  const none = counts?.indexed === 0;
  return (
    <EmptyState icon={<Search />} title={none ? "There are no documents to search yet" : "Ask something"} actions={none ? <Button variant="primary" onClick={() => go("library")}>Add documents</Button> : undefined}>
      You see every passage that was looked at, how it stood by its words and by its meaning, and where it fell.
    </EmptyState>
  );
}
