import { TriangleAlert } from "lucide-react";
import { useContext } from "react";
import { Tooltip } from "../design/index.ts";
import { AnswerScopeContext, CitationChip } from "./CitationChip.tsx";
import { flagWords, groupsOf } from "./citations.ts";
import css from "./Citation.module.css";

/** What stands behind a sentence of an answer: its citations, and what is to be said against it. `index`: which of the message's sentences. */
export function SentenceChips({ index }: { index: number }) {
  const { sentences, grounded } = useContext(AnswerScopeContext);
  const sentence = sentences[index];
  if (!sentence) return null;
  return (
    <span className={css.chips}>
      {groupsOf(sentence, index).map((group) => <CitationChip key={group.key} number={group.source} citation={group.key} />)}
      {sentence.flags.map((flag) => flag === "unsupported"
        ? (grounded ? <span key={flag} className={css.hidden}> (no source supports this)</span> : null)
        : <Tooltip key={flag} text={flagWords[flag]}><button type="button" className={css.flag} aria-label={flagWords[flag]} data-flag={flag}><TriangleAlert /></button></Tooltip>)}
    </span>
  );
}
