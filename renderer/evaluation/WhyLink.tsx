import { useState } from "react";
import type { AnswerTrace } from "../../engine/contract/index.ts";
import { Button, TextField } from "../design/index.ts";
import { goWhy } from "./addresses.ts";
import css from "./evaluation.module.css";

/** From an answer: what should have been there? Asks as that answer did, with its filters and its room. */
export function WhyLink({ trace }: { trace: AnswerTrace }) {
  const [phrase, setPhrase] = useState("");
  const ask = () => {
    if (phrase.trim() === "") return;
    const { budget } = trace.tokens;
    goWhy({ question: trace.condensed?.text ?? trace.question, phrase: phrase.trim(), filter: trace.filter, includePrivate: false, ignoreFilters: [], settings: budget === undefined || budget <= 0 ? {} : { budget } });
  };
  return (
    <form className={css.whyLink} onSubmit={(event) => { event.preventDefault(); ask(); }}>
      <TextField label="Why didn’t it find …?" hint="Words that stand in the passage you expected." value={phrase} onChange={(event) => setPhrase(event.target.value)} data-why-phrase="" />
      <Button type="submit" disabled={phrase.trim() === ""}>Find out</Button>
    </form>
  );
}
