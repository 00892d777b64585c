import { CircleCheck, TriangleAlert } from "lucide-react";
import type { Questionnaire, RunReport } from "../../engine/contract/index.ts";
import { count, plural } from "../app/words.ts";
import { CornerChart } from "./CornerChart.tsx";
import { CornerTable } from "./CornerTable.tsx";
import { Pairs } from "./Pairs.tsx";
import { RecommendationCard } from "./RecommendationCard.tsx";
import { WrongAnswers } from "./WrongAnswers.tsx";
import css from "./runs.module.css";

interface Props { report: RunReport; running: boolean; questionnaire: Questionnaire | undefined; onQuestionnaire(questionnaire: Questionnaire): void }

/** The result as one page: what to do, the corners as a chart and a table, what tells them apart, and what each gets wrong. */
export function ReportPanel({ report, running, questionnaire, onQuestionnaire }: Props) {
  const growing = running && !report.finished;
  return (
    <div className={css.report} data-report="">
      {report.finished ? null : <p className={css.partial} role="status">{count(report.answers)} of {plural(report.expectedAnswers, "answer")} so far: figures may still move.{growing ? " What to do is said when all are in." : ""}</p>}
      {report.limits.length > 0 ? <Limits report={report} /> : null}
      {growing ? null : <RecommendationCard recommendation={report.recommendation} given={questionnaire ?? report.questionnaire} onChange={onQuestionnaire} />}
      <section className={css.section} aria-label="The corners"><h2>The corners</h2><CornerChart corners={report.corners} /><CornerTable corners={report.corners} /></section>
      {report.pairs.length > 0 ? <section className={css.section} aria-label="What tells them apart"><h2>What tells them apart</h2><Pairs pairs={report.pairs} /></section> : null}
      {report.judge ? <section className={css.section} aria-label="The judge"><h2>The judge and your thumbs</h2><p>{report.judge.sentence}</p><p className={css.quiet}>{report.judge.model} judged apart from the rules above. {plural(report.judge.rated, "answer")} of it {report.judge.rated === 1 ? "has" : "have"} your thumb.</p></section> : null}
      <section className={css.section} aria-label="What each gets wrong"><h2>What each gets wrong</h2><WrongAnswers corners={report.corners} /></section>
    </div>
  );
}

function Limits({ report }: { report: RunReport }) {
  return (
    <ul className={css.limitList} aria-label="Limits" data-broken={report.broken ? "" : undefined}>
      {report.limits.map((limit) => <li key={`${limit.measure}${limit.variant}`} data-broken={limit.broken ? "" : undefined}>{limit.broken ? <TriangleAlert aria-hidden /> : <CircleCheck aria-hidden />}{limit.sentence}</li>)}
    </ul>
  );
}
