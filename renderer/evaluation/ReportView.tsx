import type { RetrievalReport } from "../../engine/contract/index.ts";
import { milliseconds, plural } from "../app/words.ts";
import { Button } from "../design/index.ts";
import { goWhy } from "./addresses.ts";
import { stageWords } from "./words.ts";
import css from "./evaluation.module.css";

const columns = [["recall@1", "First"], ["recall@5", "Among 5"], ["recall@10", "Among 10"], ["ndcg@10", "nDCG@10"], ["mrr@10", "MRR@10"]] as const;
type Figure = RetrievalReport["stages"][number]["measures"]["ndcg@10"];

const Value = ({ figure }: { figure: Figure }) => <><b>{figure.mean.toFixed(3)}</b><span>{figure.low.toFixed(2)} to {figure.high.toFixed(2)}</span></>;

/** The measures of one run, by stage, and the questions that it missed. */
export function ReportView({ report }: { report: RetrievalReport }) {
  const { citations, refusals } = report;
  const facts: [string, Figure][] = [
    ...(report.highlight ? [["The highlighted sentence of the first passage holds the answer", report.highlight] as [string, Figure]] : []),
    ...(citations ? [["Sentences whose cited words stand in the document, letter by letter", citations.exact], ["Answers in which a cited passage holds the expected words", citations.passage], ["Answers in which a highlight holds them", citations.highlight]] as [string, Figure][] : []),
    ...(refusals && report.unanswerable > 0 ? [["Unanswerable questions that were said to be unanswered", refusals.unanswerable], ["Answerable questions that were", refusals.answerable]] as [string, Figure][] : []),
  ];
  return (
    <section className={css.report} aria-label={`Measures of ${report.name}`} data-report={report.name}>
      <h2>{report.name}</h2>
      <p className={css.quiet}>{plural(report.questions, "question")} over {plural(report.documents, "document")} and {plural(report.passages, "passage")}. Ranges are 95 % intervals; with few questions they are wide.</p>
      <div className={css.tableScroll} tabIndex={0} role="region" aria-label="Measures by stage">
        <table>
          <thead><tr><th scope="col">Stage</th>{columns.map(([key, name]) => <th key={key} scope="col">{name}</th>)}</tr></thead>
          <tbody>{report.stages.map(({ stage, measures }) => <tr key={stage} data-stage={stage}><th scope="row">{stageWords.find(([key]) => key === stage)?.[1]}</th>{columns.map(([key]) => <td key={key}><Value figure={measures[key]} /></td>)}</tr>)}</tbody>
        </table>
      </div>
      {facts.length > 0 ? <dl className={css.facts}>{facts.map(([name, figure]) => <div key={name}><dt>{name}</dt><dd><Value figure={figure} /></dd></div>)}</dl> : null}
      <p className={css.quiet}>{report.latency.filter(({ step }) => step === "total").map(({ p50, p95 }) => `A search takes ${milliseconds(p50)}, one in twenty ${milliseconds(p95)} or more.`)}</p>
      {report.misses.length > 0 ? (
        <>
          <h3>Missed ({report.misses.length})</h3>
          <ul className={css.misses}>{report.misses.map((miss) => (
            <li key={miss.id}><span>{miss.question}</span><Button size="s" onClick={() => goWhy({ question: miss.question, filter: {}, includePrivate: false, ignoreFilters: [], settings: {}, ...(miss.expectPhrase === undefined ? {} : { phrase: miss.expectPhrase }), ...(miss.expectDocument === undefined ? {} : { document: miss.expectDocument }) })}>Why?</Button></li>
          ))}</ul>
        </>
      ) : null}
    </section>
  );
}
