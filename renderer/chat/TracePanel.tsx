import { useState, type ReactNode } from "react";
import type { AnswerTrace, Candidate } from "../../engine/contract/index.ts";
import { baseName, count, dateTime, milliseconds, plural } from "../app/words.ts";
import { Badge, cx } from "../design/index.ts";
import { WhyLink } from "../evaluation/WhyLink.tsx";
import { dropWords, stageWords } from "../evaluation/words.ts";
import { modeName } from "./modes.ts";
import { SearchedFor, type SearchAgain } from "./SearchedFor.tsx";
import { stepName } from "./steps.ts";
import css from "./TracePanel.module.css";

/** How an answer came about, from the trace that is stored with it. */
export function TracePanel({ trace, onAgain }: { trace: AnswerTrace; onAgain: SearchAgain | undefined }) {
  return (
    <div className={css.trace} data-trace="" tabIndex={0} role="region" aria-label="How this answer was made">
      <Summary trace={trace} onAgain={onAgain} />
      {trace.notes.length > 0 ? <Section title="Notes"><ul className={css.notes}>{trace.notes.map((note) => <li key={note}>{note}</li>)}</ul></Section> : null}
      <Section title="Steps"><Timeline trace={trace} /></Section>
      {Object.keys(trace.tokens).length > 0 ? <Section title="Tokens"><Tokens tokens={trace.tokens} /></Section> : null}
      {trace.candidates.length > 0 ? <Section title={`Candidates (${trace.candidates.length})`}><Candidates candidates={trace.candidates} /></Section> : null}
      {trace.steps.some(({ name }) => name === "retrieve") ? <Section title="Is something missing?"><WhyLink trace={trace} /></Section> : null}
    </div>
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => <section className={css.section}><h3>{title}</h3>{children}</section>;

const ends = { end: "finished", length: "reached its longest length", "stop-text": "reached a stop word", "context-full": "the context was full", stopped: "stopped by you", failed: "failed" } as const;

function Summary({ trace, onAgain }: { trace: AnswerTrace; onAgain: SearchAgain | undefined }) {
  const { model } = trace;
  const rows: [string, ReactNode][] = [
    ["Mode", modeName(trace.mode)],
    ["Model", model ? <>{model.name} <span className={css.quiet}>{[model.quantisation, model.backend, model.threads ? plural(model.threads, "thread") : "", model.template ? `template: ${model.template}` : ""].filter(Boolean).join(" · ")}</span></> : "none"],
    ...trace.adapters.map((adapter): [string, ReactNode] => ["Adapter", `${adapter.name} × ${adapter.scale}`]),
    ...(trace.condensed ? [["Searched for", <SearchedFor condensed={trace.condensed} onAgain={onAgain} />] as [string, ReactNode]] : []),
    ["Time", [milliseconds(trace.totalMs), trace.firstTokenMs === undefined ? "" : `first word after ${milliseconds(trace.firstTokenMs)}`, trace.tokensPerSecond === undefined ? "" : `${trace.tokensPerSecond.toFixed(1)} tokens/s`].filter(Boolean).join(" · ")],
    ...(trace.stopReason ? [["Ended", ends[trace.stopReason]] as [string, ReactNode]] : []),
    ["Asked", dateTime(trace.started)],
  ];
  return <dl className={css.summary}>{rows.map(([name, value], index) => <div key={`${name}${index}`}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function Timeline({ trace }: { trace: AnswerTrace }) {
  const total = Math.max(1, trace.steps.reduce((sum, step) => sum + step.ms, 0));
  let before = 0;
  return (
    <ol className={css.steps}>
      {trace.steps.map((step, index) => {
        const left = (before / total) * 100;
        before += step.ms;
        return (
          <li key={`${step.name}${index}`} data-step={step.name}>
            <span className={css.stepName}>{stepName(step.name)}</span>
            <span className={css.lane} aria-hidden><span className={css.stepBar} style={{ left: `${Math.min(99, left)}%`, width: `${Math.max(0.8, (step.ms / total) * 100)}%` }} /></span>
            <span className={css.ms}>{milliseconds(step.ms)}</span>
            {step.note ? <span className={css.stepNote}>{step.note}</span> : null}
          </li>
        );
      })}
    </ol>
  );
}

const parts = [["system", "Instructions"], ["history", "Earlier messages"], ["sources", "Sources"], ["question", "Question"], ["template", "Chat format"]] as const;

function Tokens({ tokens }: { tokens: AnswerTrace["tokens"] }) {
  const context = tokens.context ?? 0;
  return (
    <div>
      {context > 0 ? (
        <div className={css.tokenBar} role="img" aria-label={`${count(tokens.prompt ?? 0)} of ${count(context)} tokens used by the prompt`}>
          {parts.map(([key]) => <span key={key} data-part={key} style={{ width: `${((tokens[key] ?? 0) / context) * 100}%` }} />)}
          <span data-part="completion" style={{ width: `${((tokens.answer ?? tokens.completion ?? 0) / context) * 100}%` }} />
        </div>
      ) : null}
      <dl className={css.tokens}>
        {parts.map(([key, name]) => tokens[key] === undefined ? null : <div key={key}><dt><i data-part={key} />{name}</dt><dd>{count(tokens[key])}{key === "sources" && tokens.budget !== undefined ? ` of at most ${count(tokens.budget)}` : ""}</dd></div>)}
        {tokens.completion === undefined ? null : <div><dt><i data-part="completion" />Answer</dt><dd>{count(tokens.completion)}{tokens.answer === undefined ? "" : ` of at most ${count(tokens.answer)}`}</dd></div>}
        {tokens.free === undefined ? null : <div><dt>Not used</dt><dd>{count(tokens.free)}</dd></div>}
        {tokens.prompt === undefined ? null : <div><dt>Prompt in all</dt><dd>{count(tokens.prompt)}{tokens.cached ? ` (${count(tokens.cached)} from the cache)` : ""}</dd></div>}
        {context > 0 ? <div><dt>Context</dt><dd>{count(context)}</dd></div> : null}
      </dl>
    </div>
  );
}

function Candidates({ candidates }: { candidates: readonly Candidate[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? candidates : candidates.slice(0, 12);
  const used = stageWords.filter(([key]) => candidates.some((candidate) => candidate[key]));
  return (
    <>
      <div className={css.tableScroll} tabIndex={0} role="region" aria-label="Candidates">
        <table>
          <thead><tr><th scope="col">Passage</th>{used.map(([key, name]) => <th key={key} scope="col">{name}</th>)}<th scope="col">Outcome</th></tr></thead>
          <tbody>
            {shown.map((candidate) => (
              <tr key={candidate.passage.id} className={cx(candidate.dropped && css.dropped)}>
                <td><div className={css.passage} title={candidate.passage.text}><b>{candidate.passage.title ?? baseName(candidate.passage.path)}{candidate.passage.page ? `, p. ${candidate.passage.page}` : ""}</b><span>{candidate.passage.text}</span></div></td>
                {used.map(([key]) => { const score = candidate[key]; return <td key={key} className={css.score}>{score ? <><b>{score.rank}</b><span>{score.score.toFixed(3)}</span></> : "–"}</td>; })}
                <td>{candidate.dropped ? <span className={css.why}>{dropWords[candidate.dropped.reason]}</span> : <Badge tone="good">used</Badge>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {candidates.length > shown.length ? <button type="button" className={css.all} onClick={() => setAll(true)}>Show all {candidates.length}</button> : null}
    </>
  );
}
