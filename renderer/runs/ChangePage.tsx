import { ArrowLeft } from "lucide-react";
import type { RunComparison } from "../../engine/contract/index.ts";
import { dateTime, plural } from "../app/words.ts";
import { Badge, ErrorState, IconButton, Spinner } from "../design/index.ts";
import { useEngineQuery, useModels } from "../engine/queries.ts";
import { goEvaluate } from "./addresses.ts";
import { madeOf } from "./made-of.ts";
import { NotTold } from "./NotTold.tsx";
import { useRuns } from "./queries.ts";
import { pValue, scoreWords, signed, signedTime } from "./words.ts";
import css from "./runs.module.css";

/** What changed between two runs, corner by corner and question by question. */
export function ChangePage({ before, after }: { before: string; after: string }) {
  const { data, error } = useEngineQuery<RunComparison>(["evaluation", "compare", before, after], (engine, signal) => engine.evaluation.runs.compare({ before, after }, { signal }));
  const { data: runs = [] } = useRuns();
  const { data: shelf = [] } = useModels();
  const named = ({ id, setName, started }: RunComparison["before"]) => {
    const run = runs.find((one) => one.id === id);
    return [setName, dateTime(started), run ? madeOf(run, shelf) : ""].filter(Boolean).join(", ");
  };
  if (error) return <ErrorState error={error} title="These two cannot be compared" />;
  if (!data) return <div className={css.loading}><Spinner label="Comparing" /></div>;
  return (
    <div className={css.screen}>
      <header className={css.header}><div className={css.titleRow}><IconButton label="Back to the runs" onClick={() => goEvaluate({ kind: "runs" })}><ArrowLeft /></IconButton><div><h1>What changed</h1><p>{named(data.before)} → {named(data.after)}</p></div></div></header>
      <div className={css.panel}>
        <ul className={css.sentences}>{data.sentences.map((line) => <li key={line}>{line}</li>)}</ul>
        {data.variants.filter(({ n }) => n > 0).map((variant) => (
          <section key={variant.name} className={css.section} aria-label={variant.name}>
            <h2>{variant.name}</h2>
            <p className={css.quiet}>{plural(variant.n, "question")} in both; {variant.better.length} better now, {variant.worse.length} worse.</p>
            <div className={css.tableScroll} tabIndex={0} role="region" aria-label={`Differences of ${variant.name}`}>
              <table>
                <thead><tr><th scope="col">Measure</th><th scope="col">After less before</th><th scope="col">Better / worse</th><th scope="col">p</th><th scope="col">Told apart?</th></tr></thead>
                <tbody>{variant.differences.map((pair) => <tr key={pair.measure}><th scope="row">{pair.measure === "totalMs" ? "Time" : scoreWords[pair.measure][0]}</th><td>{pair.measure === "totalMs" ? signedTime(pair.difference.mean) : `${signed(pair.difference.mean * 100)} points`}</td><td>{pair.onlyA} / {pair.onlyB}</td><td>{pValue(pair.holm)}</td><td>{pair.told ? <Badge tone="good">yes</Badge> : <NotTold more={pair.more} />}</td></tr>)}</tbody>
              </table>
            </div>
          </section>
        ))}
        {data.unmatched.length > 0 ? <p className={css.quiet}>Only in one of the two: {data.unmatched.join(", ")}.</p> : null}
      </div>
    </div>
  );
}
