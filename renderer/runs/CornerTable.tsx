import type { CornerReport } from "../../engine/contract/index.ts";
import { scoreMeasures } from "../../engine/contract/index.ts";
import { count, duration, milliseconds } from "../app/words.ts";
import { Tooltip } from "../design/index.ts";
import { interval, percent, scoreWords } from "./words.ts";
import css from "./runs.module.css";

type Row = readonly [name: string, says: string, value: (corner: CornerReport) => string];

const costs: readonly Row[] = [
  ["First word", "Milliseconds to the first word: the middle answer, and the slowest 5 %.", ({ firstTokenMs: { p50, p95 } }) => `${milliseconds(p50)} / ${milliseconds(p95)}`],
  ["Whole answer", "The middle answer, and the slowest 5 %.", ({ totalMs: { p50, p95 } }) => `${milliseconds(p50)} / ${milliseconds(p95)}`],
  ["Tokens in, out", "Per answer, on average.", ({ promptTokens, completionTokens }) => `${count(Math.round(promptTokens))}, ${count(Math.round(completionTokens))}`],
  ["Speed", "Tokens a second while writing.", ({ tokensPerSecond }) => (tokensPerSecond > 0 ? tokensPerSecond.toFixed(1) : "–")],
  ["In all", "Of all answers together.", ({ tokens, seconds }) => `${count(tokens)} tokens, ${duration(seconds)}`],
  ["Words", "Per answer, on average.", ({ words }) => words.toFixed(0)],
];

/** Every score and cost, a column per corner. */
export function CornerTable({ corners }: { corners: readonly CornerReport[] }) {
  const measures = scoreMeasures.filter((measure) => corners.some(({ scores }) => scores[measure]));
  return (
    <div className={css.tableScroll} tabIndex={0} role="region" aria-label="Scores and costs">
      <table>
        <thead><tr><th scope="col">Measure</th>{corners.map(({ name, model, adapters, enforced }) => <th key={name} scope="col">{name}<span>{[model, ...adapters].filter(Boolean).join(" + ")}{enforced ? " · schema enforced" : ""}</span></th>)}</tr></thead>
        <tbody>
          {measures.map((measure) => (
            <tr key={measure} data-measure={measure}>
              <th scope="row"><Tooltip text={scoreWords[measure][1]}><span tabIndex={0}>{scoreWords[measure][0]}</span></Tooltip></th>
              {corners.map(({ name, scores }) => { const figure = scores[measure]; return <td key={name}>{figure ? <><b>{percent(figure.mean)}</b><span className={css.besides}>{interval(figure)}{figure.n < (corners[0]?.answers ?? 0) ? `, n ${figure.n}` : ""}</span></> : "–"}</td>; })}
            </tr>
          ))}
          {corners.some(({ judged }) => judged) ? <tr data-measure="judged"><th scope="row"><Tooltip text="The local model’s verdict, apart from the rules."><span tabIndex={0}>Judged right</span></Tooltip></th>{corners.map(({ name, judged }) => <td key={name}>{judged ? <><b>{percent(judged.right.mean)}</b><span className={css.besides}>{interval(judged.right)}, {judged.partly} partly</span></> : "–"}</td>)}</tr> : null}
          {costs.map(([title, says, value]) => <tr key={title}><th scope="row"><Tooltip text={says}><span tabIndex={0}>{title}</span></Tooltip></th>{corners.map((corner) => <td key={corner.name}>{corner.answers > corner.failed ? value(corner) : "–"}</td>)}</tr>)}
          {corners.some(({ failed }) => failed > 0) ? <tr><th scope="row">Failed</th>{corners.map(({ name, failed }) => <td key={name}>{failed}</td>)}</tr> : null}
        </tbody>
      </table>
    </div>
  );
}
