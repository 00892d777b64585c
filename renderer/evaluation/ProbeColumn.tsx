import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import type { Candidate, ProbeInput, ProbeResult, ProbeSettings } from "../../engine/contract/index.ts";
import { milliseconds, plural } from "../app/words.ts";
import { Button, EmptyState, ErrorState, Slider, Spinner } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import { PassageCard } from "./PassageCard.tsx";
import { SaveDialog } from "./SaveDialog.tsx";
import css from "./evaluation.module.css";

const FIRST = 20;
interface ColumnProps { name: string; input: ProbeInput; defaults: { candidates: number; sources: number }; onSettings(settings: ProbeSettings): void }

/** One search under one set of settings, which can be changed while one looks. */
export function ProbeColumn({ name, input, defaults, onSettings }: ColumnProps) {
  const { data, error, isFetching } = useEngineQuery(["documents", "probe", input], (engine, signal) => engine.evaluation.probe(input, { signal }), { placeholderData: keepPreviousData });
  const [saving, setSaving] = useState<Candidate>();
  const { candidates = defaults.candidates, sources = defaults.sources } = input.settings;
  const set = (change: ProbeSettings) => onSettings({ candidates, sources, ...change });
  return (
    <section className={css.column} aria-label={name} data-column={name} aria-busy={isFetching}>
      <div className={css.knobs}>
        <Slider label="Candidates" value={candidates} min={1} max={500} step={1} onChange={(value) => set({ candidates: value })} />
        <Slider label="Sources" value={sources} min={1} max={50} step={1} onChange={(value) => set({ sources: value })} />
        {candidates !== defaults.candidates || sources !== defaults.sources ? <Button size="s" variant="ghost" onClick={() => onSettings({})}>As in the settings</Button> : null}
      </div>
      {error ? <ErrorState error={error} compact /> : data ? <Results result={data} input={input} onSave={setSaving} /> : <div className={css.loading}><Spinner label="Searching" /></div>}
      {saving ? <SaveDialog question={input.question} passage={saving.passage} onClose={() => setSaving(undefined)} /> : null}
    </section>
  );
}

function Results({ result, input, onSave }: { result: ProbeResult; input: ProbeInput; onSave(candidate: Candidate): void }) {
  const [all, setAll] = useState(false);
  const { candidates, sources, ms } = result;
  if (candidates.length === 0) return <EmptyState title="Nothing was found" compact>No passage shares a word or a meaning with this question.</EmptyState>;
  const shown = all ? candidates : candidates.slice(0, FIRST);
  const bestOf = new Map(sources.map(({ passage }, i) => [passage.id, result.best[i]]));
  return (
    <>
      <p className={css.summary} role="status">{plural(candidates.length, "candidate")}, {plural(sources.length, "source")} · {milliseconds(ms.total ?? 0)} <span className={css.quiet}>{["embed", "lexical", "dense", "rerank"].filter((step) => (ms[step] ?? 0) >= 0.5).map((step) => `${step} ${milliseconds(ms[step] ?? 0)}`).join(", ")}</span></p>
      <ol className={css.results}>
        {shown.map((candidate, i) => <PassageCard key={candidate.passage.id} place={i + 1} candidate={candidate} best={bestOf.get(candidate.passage.id)} input={input} onSave={() => onSave(candidate)} />)}
      </ol>
      {candidates.length > shown.length ? <Button variant="ghost" onClick={() => setAll(true)}>Show all {candidates.length}</Button> : null}
    </>
  );
}
