import { Route } from "lucide-react";
import { useState } from "react";
import type { WhyInput } from "../../engine/contract/index.ts";
import { Button, EmptyState, ErrorState, Spinner, TextField } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import { goWhy } from "./addresses.ts";
import { WhyWalk } from "./WhyWalk.tsx";
import css from "./evaluation.module.css";

/** The form, and below it the walk of what was asked last: the address holds it. */
export function WhyPanel({ given }: { given: WhyInput | undefined }) {
  const [question, setQuestion] = useState(given?.question ?? "");
  const [phrase, setPhrase] = useState(given?.phrase ?? "");
  const [document, setDocument] = useState(given?.document ?? "");
  const ready = question.trim() !== "" && (phrase.trim() !== "" || document.trim() !== "");
  const ask = () => {
    if (!ready) return;
    goWhy({ filter: {}, includePrivate: false, ignoreFilters: [], settings: {}, ...given, question: question.trim(), phrase: phrase.trim(), document: document.trim() });
  };
  return (
    <div className={css.panel}>
      <form className={css.whyForm} onSubmit={(event) => { event.preventDefault(); ask(); }}>
        <TextField label="Question" value={question} onChange={(event) => setQuestion(event.target.value)} />
        <TextField label="Words you expected" placeholder="as they stand in the document" value={phrase} onChange={(event) => setPhrase(event.target.value)} />
        <TextField label="Document (optional)" placeholder="file name" value={document} onChange={(event) => setDocument(event.target.value)} />
        <Button type="submit" variant="primary" disabled={!ready}>Find out why</Button>
      </form>
      {given ? <Walk input={given} /> : <EmptyState icon={<Route />} title="Follow it from the file to the answer">Say what you asked and what should have been found. You see every step on its way, where it was lost, and the one change that brings it in.</EmptyState>}
    </div>
  );
}

function Walk({ input }: { input: WhyInput }) {
  const { data, error, refetch } = useEngineQuery(["documents", "why", input], (engine, signal) => engine.evaluation.why(input, { signal }));
  if (error) return <ErrorState error={error} title="The way could not be followed" onRetry={() => void refetch()} />;
  return data ? <WhyWalk report={data} input={input} /> : <div className={css.loading}><Spinner label="Following its way" /></div>;
}
