import type { CornerReport, ScoreMeasure } from "../../engine/contract/index.ts";
import { interval, percent, scoreWords } from "./words.ts";
import css from "./runs.module.css";

const shown: readonly ScoreMeasure[] = ["correct", "fact", "format", "citation", "faithfulness", "refusal"];

/** Every corner's most telling scores as bars, each with its 95 % interval. */
export function CornerChart({ corners }: { corners: readonly CornerReport[] }) {
  const measures = shown.filter((measure) => corners.some(({ scores }) => scores[measure]));
  return (
    <div className={css.chart} role="group" aria-label="Scores of the corners, with 95 % intervals">
      {measures.map((measure) => (
        <figure key={measure} data-measure={measure}>
          <figcaption title={scoreWords[measure][1]}>{scoreWords[measure][0]}</figcaption>
          {corners.map(({ name, scores, mode }) => {
            const figure = scores[measure];
            return (
              <div key={name} className={css.barRow}>
                <span className={css.barName} title={name}>{name}</span>
                {figure ? (
                  <span className={css.barLane} role="img" aria-label={`${name}: ${percent(figure.mean)}, between ${percent(figure.low)} and ${percent(figure.high)}`}>
                    <span className={css.barFill} data-mode={mode} style={{ width: `${figure.mean * 100}%` }} />
                    <span className={css.whisker} style={{ left: `${figure.low * 100}%`, width: `${Math.max(0.4, (figure.high - figure.low) * 100)}%` }} />
                  </span>
                ) : <span className={css.barNone}>not measured</span>}
                <span className={css.barValue}>{figure ? <>{percent(figure.mean)}<i>{interval(figure)}</i></> : ""}</span>
              </div>
            );
          })}
        </figure>
      ))}
    </div>
  );
}
