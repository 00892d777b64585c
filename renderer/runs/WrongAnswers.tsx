import { useState } from "react";
import type { CornerReport } from "../../engine/contract/index.ts";
import { SegmentedControl } from "../design/index.ts";
import css from "./runs.module.css";

/** Examples of what a corner got wrong, with what was expected and why it counts as wrong. */
export function WrongAnswers({ corners }: { corners: readonly CornerReport[] }) {
  const [chosen, setChosen] = useState<string>();
  const corner = corners.find(({ name }) => name === chosen) ?? corners.find(({ wrong }) => wrong.length > 0) ?? corners[0];
  if (!corner) return null;
  return (
    <>
      <SegmentedControl label="Corner" size="s" value={corner.name} onChange={setChosen} segments={corners.map(({ name, wrong }) => ({ value: name, label: `${name} (${wrong.length})` }))} />
      {corner.wrong.length === 0 ? <p className={css.quiet}>{corner.name} got nothing wrong here.</p> : (
        <ol className={css.wrong}>
          {corner.wrong.map(({ questionId, question, expected, answer, why }) => (
            <li key={questionId}><b>{question}</b><dl><div><dt>Expected</dt><dd>{expected}</dd></div><div><dt>Answered</dt><dd className={css.said}>{answer || "nothing"}</dd></div><div><dt>Why wrong</dt><dd>{why}</dd></div></dl></li>
          ))}
        </ol>
      )}
    </>
  );
}
