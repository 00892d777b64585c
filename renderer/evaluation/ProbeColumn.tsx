import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { X } from "lucide-react";
import type { Candidate, ProbeInput, ProbeResult, ProbeSettings, SearchSettings } from "../../engine/contract/index.ts";
import { milliseconds, plural } from "../app/words.ts";
import { Badge, Button, EmptyState, ErrorState, SegmentedControl, Slider, Spinner } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import { PassageCard } from "./PassageCard.tsx";
import { SaveDialog } from "./SaveDialog.tsx";
import css from "./evaluation.module.css";

const FIRST = 20;
interface ColumnProps { name: string; input: ProbeInput; defaults: { candidates: number; sources: number; search: SearchSettings }; onSettings(settings: ProbeSettings): void; onIgnore(words: string): void }

const fusions = [{ value: "z-score" as const, label: "Scores", hint: "Standardised scores of both legs are added." }, { value: "rrf" as const, label: "Ranks", hint: "Reciprocal ranks of both legs are added." }];

const timed = [["embed", "question"], ["lexical", "words"], ["dense", "meaning"], ["rerank", "reranking"]] as const;

/** One search under one set of settings, which can be changed while one looks. */
export function ProbeColumn({ name, input, defaults, onSettings, onIgnore }: ColumnProps) {
  const { data, error, isFetching } = useEngineQuery(["documents", "probe", input], (engine, signal) => engine.evaluation.probe(input, { signal }), { placeholderData: keepPreviousData });
  const [saving, setSaving] = useState<Candidate>();
  const { candidates = defaults.candidates, sources = defaults.sources } = input.settings;
  const own = input.settings.search ?? {};
  const { fusion, denseWeight } = { fusion: own.fusion ?? defaults.search.fusion, denseWeight: own.denseWeight ?? defaults.search.denseWeight };
  const set = (change: ProbeSettings) => onSettings({ candidates, sources, ...(input.settings.search ? { search: own } : {}), ...change });
  const changed = candidates !== defaults.candidates || sources !== defaults.sources || input.settings.search !== undefined;
  return (
    <section className={css.column} aria-label={name} data-column={name} aria-busy={isFetching}>
      <div className={css.knobs}>
        <Slider label="Candidates" value={candidates} min={1} max={500} step={1} onChange={(value) => set({ candidates: value })} />
        <Slider label="Sources" value={sources} min={1} max={50} step={1} onChange={(value) => set({ sources: value })} />
        <Slider label="Weight of meaning" value={denseWeight} min={0} max={1} step={0.05} format={(share) => `${Math.round(share * 100)} %`} onChange={(value) => set({ search: { ...own, denseWeight: value } })} />
        <div className={css.knob}><span>Joined by</span><SegmentedControl label="Joined by" size="s" value={fusion} segments={fusions} onChange={(value) => set({ search: { ...own, fusion: value } })} /></div>
        <Button size="s" variant="ghost" disabled={!changed} onClick={() => onSettings({})}>As in the settings</Button>
      </div>
      {error ? <ErrorState error={error} compact /> : data ? <><Understood result={data} onIgnore={onIgnore} /><Results result={data} input={input} onSave={setSaving} /></> : <div className={css.loading}><Spinner label="Searching" /></div>}
      {saving ? <SaveDialog question={input.question} passage={saving.passage} onClose={() => setSaving(undefined)} /> : null}
    </section>
  );
}

/** What was read into the question, each to be taken back with a click; and whether it is enough to answer from. */
function Understood({ result: { understood, evidence, notes = [] }, onIgnore }: { result: ProbeResult; onIgnore(words: string): void }) {
  return (
    <>
      {understood && understood.filters.length > 0 ? <div className={css.read}>Narrowed to {understood.filters.map(({ words, kind }) => <Button key={words} size="s" icon={<X />} aria-label={`Do not take “${words}” for a condition`} onClick={() => onIgnore(words)}>{kind}: {words}</Button>)}</div> : null}
      {understood && understood.parts.length > 1 ? <div className={css.read}>Searched apart: {understood.parts.map((part) => <Badge key={part}>{part}</Badge>)}</div> : null}
      {evidence?.weak ? <p className={css.weak} data-weak="">An answer would say that nothing in your documents answers this: the evidence ({evidence.score.toFixed(2)}) is below {evidence.least.toFixed(2)}.</p> : null}
      {notes.map((note) => <p key={note} className={css.weak}>{note}</p>)}
    </>
  );
}

function Results({ result, input, onSave }: { result: ProbeResult; input: ProbeInput; onSave(candidate: Candidate): void }) {
  const [all, setAll] = useState(false);
  const { candidates, sources, ms } = result;
  if (candidates.length === 0) return <EmptyState title="Nothing was found" compact>No passage shares a word or a meaning with this question.</EmptyState>;
  const shown = all ? candidates : candidates.slice(0, FIRST);
  return (
    <>
      <p className={css.summary} role="status">{plural(candidates.length, "candidate")}, {plural(sources.length, "source")} · {milliseconds(ms.total ?? 0)} <span className={css.quiet}>{timed.filter(([step]) => (ms[step] ?? 0) >= 0.5).map(([step, name]) => `${name} ${milliseconds(ms[step] ?? 0)}`).join(", ")}</span></p>
      <ol className={css.results}>
        {shown.map((candidate, i) => <PassageCard key={candidate.passage.id} place={i + 1} candidate={candidate} best={result.best[i]} input={input} onSave={() => onSave(candidate)} />)}
      </ol>
      {candidates.length > shown.length ? <Button variant="ghost" onClick={() => setAll(true)}>Show all {candidates.length}</Button> : null}
    </>
  );
}
