import { BookmarkPlus, Route } from "lucide-react";
import type { Candidate, CharRange, ProbeInput } from "../../engine/contract/index.ts";
import { baseName } from "../app/words.ts";
import { Badge, cx, IconButton } from "../design/index.ts";
import { goWhy } from "./addresses.ts";
import { dropWords, stageWords } from "./words.ts";
import css from "./evaluation.module.css";

/** The four stages of one passage: its rank in each, with the score it was ranked by. */
export function Scores({ candidate }: { candidate: Candidate }) {
  return (
    <dl className={css.scores}>
      {stageWords.map(([stage, name]) => {
        const at = candidate[stage];
        if (!at && stage === "reranked") return null;
        return <div key={stage} data-stage={stage} className={cx(!at && css.absent)}><dt>{name}</dt><dd>{at ? <><b>{at.rank}</b> <span>{at.score.toFixed(3)}</span></> : "–"}</dd></div>;
      })}
    </dl>
  );
}

interface CardProps { place: number; candidate: Candidate; best: CharRange | undefined; input: ProbeInput; onSave(): void }

export function PassageCard({ place, candidate, best, input, onSave }: CardProps) {
  const { passage, dropped } = candidate;
  const kept = dropped === undefined || dropped.reason === "merged";
  const heading = passage.headingPath.at(-1) ?? "";
  const where = [passage.page ? `page ${passage.page}` : "", heading === passage.title ? "" : heading].filter(Boolean).join(" · ");
  return (
    <li className={cx(css.card, !kept && css.cardOut)} data-passage={passage.id} data-outcome={dropped?.reason ?? "used"}>
      <div className={css.cardHead}>
        <span className={css.place}>{place}</span>
        <div className={css.cardTitle}><b title={passage.path}>{passage.title ?? baseName(passage.path)}</b>{where ? <span>{where}</span> : null}</div>
        {dropped ? <Badge tone={kept ? "good" : "neutral"}>{dropWords[dropped.reason]}</Badge> : <Badge tone="good">source</Badge>}
        <IconButton size="s" label="Save as the right answer" onClick={onSave}><BookmarkPlus /></IconButton>
        <IconButton size="s" label="Walk its way" onClick={() => goWhy({ ...input, phrase: passage.text.split("\n")[0]?.slice(0, 160) ?? "", document: passage.documentId })}><Route /></IconButton>
      </div>
      <p className={css.cardText}><Marked text={passage.text} start={passage.range.start} best={best} /></p>
      <Scores candidate={candidate} />
    </li>
  );
}

/** The passage with the sentence that fits best marked. Offsets hold where the text is the document's own. */
function Marked({ text, start, best }: { text: string; start: number; best: CharRange | undefined }) {
  const [from, to] = best ? [best.start - start, best.end - start] : [0, 0];
  if (!best || from < 0 || to > text.length) return <>{text}</>;
  // What is marked must be in sight: a late sentence is shown with a little before it.
  const begin = from > 220 ? text.indexOf(" ", from - 120) + 1 : 0;
  return <>{begin > 0 ? "… " : ""}{text.slice(begin, from)}<mark>{text.slice(from, to)}</mark>{text.slice(to)}</>;
}
