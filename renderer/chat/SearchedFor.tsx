import { Pencil, X } from "lucide-react";
import { useState } from "react";
import type { AnswerOptions, AnswerTrace } from "../../engine/contract/index.ts";
import { Button, IconButton, TextArea } from "../design/index.ts";
import css from "./TracePanel.module.css";

/** Asks the same question again, searched for differently. */
export type SearchAgain = (change: Pick<AnswerOptions, "searchFor" | "ignoreFilters">) => void;

const how = { "as-is": "as asked", rules: "completed from the conversation", model: "completed by the model", edited: "edited by you" } as const;

/** What was looked for and under which conditions; both can be changed, which answers the question again. `onAgain` is absent while an answer is written. */
export function SearchedFor({ condensed, onAgain }: { condensed: NonNullable<AnswerTrace["condensed"]>; onAgain: SearchAgain | undefined }) {
  const [draft, setDraft] = useState<string>();
  const ignored = condensed.ignored ?? [];
  const kept = ignored.length > 0 ? { ignoreFilters: ignored } : {};
  const search = () => {
    const text = draft?.trim() ?? "";
    setDraft(undefined);
    if (text !== "" && text !== condensed.text) onAgain?.({ searchFor: text, ...kept });
  };
  if (draft !== undefined) {
    return (
      <form className={css.searchEdit} onSubmit={(event) => { event.preventDefault(); search(); }}>
        <TextArea label="Search for" rows={3} maxLength={20000} autoFocus value={draft} onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => { if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); setDraft(undefined); } }} />
        <div className={css.searchActions}><Button size="s" onClick={() => setDraft(undefined)}>Cancel</Button><Button size="s" variant="primary" type="submit" disabled={!onAgain || draft.trim() === ""}>Answer again</Button></div>
      </form>
    );
  }
  return (
    <>
      “{condensed.text}” <span className={css.quiet}>{how[condensed.how]}</span>
      <IconButton label="Edit what is searched for" size="s" disabled={!onAgain} onClick={() => setDraft(condensed.text)}><Pencil /></IconButton>
      {(condensed.filters ?? []).map(({ words }) => (
        <span key={words} className={css.condition}>only {words}<IconButton label={`Search without “${words}” as a condition`} size="s" disabled={!onAgain} onClick={() => onAgain?.({ ignoreFilters: [...ignored, words], ...(condensed.how === "edited" ? { searchFor: condensed.text } : {}) })}><X /></IconButton></span>
      ))}
    </>
  );
}
