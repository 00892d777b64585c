import type { GateRecord } from "../../../engine/contract/index.ts";
import { plural } from "../../app/words.ts";
import { modeName } from "../../chat/modes.ts";
import { isSilent, percent } from "./history.ts";
import css from "./tunes.module.css";

/** What the gate said: both scores on the same questions, and which ones the candidate lost, also where it won on the whole. */
export function GateOutcome({ gate, candidate, standing }: { gate: GateRecord; candidate: number; standing: number | undefined }) {
  const worse = gate.decision === "worse";
  const silent = isSilent(gate);
  const several = gate.corners.length > 1;
  const rows = [{ name: `Version ${candidate}`, score: gate.candidateScore, isCandidate: true }, { name: standing === undefined ? "The default" : `Version ${standing}, the default`, score: gate.defaultScore, isCandidate: false }];
  return (
    <>
      <section className={css.outcome} data-decision={silent ? "silent" : gate.decision} aria-label="What the questions say">
        <b>{silent ? `Neither version answers a question of ${gate.set} right, so it does not tell them apart.` : worse ? `Version ${candidate} does worse on ${gate.set}.` : gate.candidateScore > gate.defaultScore ? `Version ${candidate} does better on ${gate.set}.` : `Version ${candidate} does as well as the default on ${gate.set}.`}</b>
        <div className={css.bars}>{rows.map(({ name, score, isCandidate }) => <div key={name}><span>{name}</span><span className={css.lane} data-candidate={isCandidate ? "" : undefined} aria-hidden><i style={{ width: `${score * 100}%` }} /></span><b>{percent(score)}</b></div>)}</div>
        <p className={css.quiet}>Right answers, of {plural(gate.n, "answer")} each that a rule could score{gate.corners.length > 0 ? `: ${gate.corners.map(({ mode, candidateScore, defaultScore, p }) => `${modeName(mode)} ${percent(candidateScore)} against ${percent(defaultScore)}${candidateScore !== defaultScore && p > 0.05 ? ", which may well be chance" : ""}`).join("; ")}` : ""}. {gate.runId ? <a className={css.link} href={`#/evaluate/${encodeURIComponent(`run:${gate.runId}`)}`}>Every answer</a> : null}</p>
      </section>
      {gate.worse.length > 0 ? <section aria-label="Questions that got worse"><b>{plural(gate.worse.length, several ? "answer" : "question")} got worse</b><ul className={css.worse}>{gate.worse.map(({ id, question, mode, before, after }) => <li key={`${id}${mode ?? ""}`}>{question}{several && mode ? <span className={css.quiet}> · {modeName(mode)}</span> : null}{before === undefined && after === undefined ? null : <div className={css.answers}><div><span>Before</span><br />{before ?? "nothing"}</div><div><span>Now</span><br />{after ?? "nothing"}</div></div>}</li>)}</ul></section> : null}
    </>
  );
}
