import { ScanText, TriangleAlert } from "lucide-react";
import { POORLY_RECOGNISED, type Recognition } from "../../engine/contract/index.ts";
import { count } from "../app/words.ts";
import { cx } from "../design/index.ts";
import css from "./SourcePanel.module.css";

/** Says quietly that words of this document were recognised in pictures, and how sure that is, or how far it is. */
export function RecognisedMark({ recognition }: { recognition: Recognition }) {
  return <span className={css.recognised} title="Read by text recognition: single letters may be wrong. The picture of the page is what counts."><ScanText aria-hidden />{wordsFor(recognition)}</span>;
}

/** The same of the words that are shown: below a certain confidence it says so plainly. */
export function RecognisedWords({ confidence }: { confidence: number }) {
  const poor = confidence < POORLY_RECOGNISED;
  const Icon = poor ? TriangleAlert : ScanText;
  return (
    <span className={cx(css.recognised, poor && css.recognisedPoor)} data-recognised={confidence} data-poor={poor || undefined} title="Read by text recognition: single letters may be wrong. The picture of the page is what counts.">
      <Icon aria-hidden />{poor ? `Poorly recognised, ${Math.round(confidence * 100)} %: compare it with the picture` : `Recognised text, ${Math.round(confidence * 100)} %`}
    </span>
  );
}

function wordsFor({ state, pictures, done, confidence }: Recognition): string {
  if (state === "done") return confidence === undefined ? "No text in its pictures" : `Recognised text, ${Math.round(confidence * 100)} %`;
  if (state === "skipped") return "Left unread";
  return state === "ask" ? `${count(pictures - done)} ${pictures - done === 1 ? "waits" : "wait"} for your word` : `${count(done)} of ${count(pictures)} recognised`;
}
