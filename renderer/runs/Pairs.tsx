import { useState } from "react";
import type { PairReport } from "../../engine/contract/index.ts";
import { Badge, SegmentedControl } from "../design/index.ts";
import { NotTold } from "./NotTold.tsx";
import { pValue, signed, signedTime } from "./words.ts";
import css from "./runs.module.css";

const names: Readonly<Record<PairReport["measure"], string>> = { correct: "Right", fact: "Fact", format: "Format", tokenF1: "Words shared", totalMs: "Time" };

/** Two corners at a time, question by question: is the difference more than chance, and if not, how many more questions would tell. */
export function Pairs({ pairs }: { pairs: readonly PairReport[] }) {
  const measures = [...new Set(pairs.map(({ measure }) => measure))];
  const [chosen, setChosen] = useState<PairReport["measure"]>();
  const measure = chosen && measures.includes(chosen) ? chosen : measures[0];
  const difference = ({ measure: of, difference: { mean, low, high } }: PairReport) => (of === "totalMs"
    ? signedTime(mean) : `${signed(mean * 100)} points (${signed(low * 100)} to ${signed(high * 100)})`);
  return (
    <>
      <SegmentedControl<PairReport["measure"]> label="Measure" size="s" value={measure ?? "correct"} onChange={setChosen} segments={measures.map((value) => ({ value, label: names[value] }))} />
      <div className={css.tableScroll} tabIndex={0} role="region" aria-label="Pairs of corners">
        <table>
          <thead><tr><th scope="col">Pair</th><th scope="col">Difference</th><th scope="col">Only the one / the other</th><th scope="col">p</th><th scope="col">Told apart?</th></tr></thead>
          <tbody>
            {pairs.filter((pair) => pair.measure === measure).map((pair) => (
              <tr key={`${pair.a}|${pair.b}`}>
                <th scope="row">{pair.a} against {pair.b}</th><td>{difference(pair)}</td><td>{pair.onlyA} / {pair.onlyB} of {pair.n}</td>
                <td title={pair.test === "mcnemar" ? "Exact McNemar test, corrected after Holm" : "Wilcoxon signed-rank test, corrected after Holm"}>{pValue(pair.holm)}</td>
                <td>{pair.told ? <Badge tone="good">yes</Badge> : <NotTold more={pair.more} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
