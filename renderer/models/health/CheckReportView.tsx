import type { CheckSample, KeptCheck, ShelfItem } from "../../../engine/contract/index.ts";
import { dateTime, milliseconds } from "../../app/words.ts";
import { standingWords } from "../../chat/adapters.ts";
import { Badge } from "../../design/index.ts";
import { Finding } from "./CheckProgress.tsx";
import { divergenceWords, problemWords } from "./standing.ts";
import css from "./health.module.css";

/** What a check came to: the verdict first, then how far it moves the model, what both said, and what was looked at. */
export function CheckReportView({ report, shelf }: { report: KeptCheck; shelf: readonly ShelfItem[] }) {
  const [tone, word] = standingWords[report.verdict];
  const base = shelf.find(({ id }) => id === report.baseId);
  return (
    <div className={css.report} data-verdict={report.verdict}>
      {report.stale ? <p className={css.stale} role="status">Its file or its base is another one since this check. Check it again.</p> : null}
      <section className={css.verdict} data-tone={tone} aria-label="Verdict">
        <Badge tone={tone}>{word}</Badge>
        <p className={css.verdictText}>{report.text}</p>
        {report.next ? <p className={css.next}>{report.next}</p> : null}
        <p className={css.quiet}>On {base?.name ?? "a model that is not on the shelf any more"}{report.scale === 1 ? "" : `, at strength ${report.scale}`} · {dateTime(report.checked)} · took {milliseconds(report.ms)}</p>
      </section>
      {report.divergence ? (
        <section aria-label="How far it moves the model">
          <h3>How far it moves the model</h3>
          <dl className={css.figures}>{divergenceWords(report.divergence).map(({ name, value, says }) => <div key={name}><dt>{name}</dt><dd>{value}</dd><dd className={css.quiet}>{says}</dd></div>)}</dl>
        </section>
      ) : null}
      {report.samples.length > 0 ? <section aria-label="Samples"><h3>The same questions, without and with it</h3><ul className={css.samples}>{report.samples.map((sample, place) => <li key={place}><Sample sample={sample} /></li>)}</ul></section> : null}
      <section aria-label="What was looked at"><h3>What was looked at</h3>{report.findings.map((finding, place) => <Finding key={place} finding={finding} />)}</section>
    </div>
  );
}

function Sample({ sample: { prompt, base, tuned, problem } }: { sample: CheckSample }) {
  const same = base === tuned;
  return (
    <article className={css.sample} aria-label={prompt}>
      <b>{prompt}</b>
      <div className={css.sides}>
        <div><span className={css.side}>Without</span><p>{base || <i>nothing</i>}</p></div>
        <div><span className={css.side}>With{problem ? <Badge tone="danger">{problemWords[problem]}</Badge> : same ? <Badge>The same</Badge> : null}</span><p>{tuned || <i>nothing</i>}</p></div>
      </div>
    </article>
  );
}
