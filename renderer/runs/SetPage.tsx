import { ArrowLeft, Pencil, Play, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { KnownQuestion, QuestionSet } from "../../engine/contract/index.ts";
import { plural } from "../app/words.ts";
import { AlertDialog, Badge, Button, EmptyState, ErrorState, IconButton, SearchField, Spinner, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import { goEvaluate } from "./addresses.ts";
import { expectedWords } from "./expected.ts";
import { QuestionDialog } from "./QuestionDialog.tsx";
import { useSets } from "./queries.ts";
import { SetOptions } from "./SetOptions.tsx";
import css from "./runs.module.css";

const SHOWN = 200;

/** One question set: its questions, and what holds for all of them. */
export function SetPage({ id }: { id: string }) {
  const { data: sets, error } = useSets();
  const set = sets?.find((one) => one.id === id);
  if (error) return <ErrorState error={error} />;
  if (!sets) return <div className={css.loading}><Spinner label="Loading" /></div>;
  if (!set) return <EmptyState title="This question set is not there any more" actions={<Button onClick={() => goEvaluate({ kind: "sets" })}>To the question sets</Button>} />;
  return <Editor set={set} />;
}

function Editor({ set }: { set: QuestionSet }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [editing, setEditing] = useState<KnownQuestion | "new">();
  const [text, setText] = useState("");
  const [removing, setRemoving] = useState<KnownQuestion>();
  /** Resolves to what it was refused for, which is the caller's to say. */
  const keep = (change: Partial<Omit<QuestionSet, "id" | "updated">>) => {
    const { updated: _updated, ...now } = set;
    return engine.evaluation.sets.save({ ...now, ...change }).then(() => undefined, failureOf);
  };
  const remove = async (question: KnownQuestion) => {
    const refused = await keep({ questions: set.questions.filter(({ id }) => id !== question.id) });
    if (refused) toasts.show({ tone: "bad", title: "The question could not be removed", text: [refused.reason, refused.next].filter(Boolean).join(" ") });
  };
  const put = (question: KnownQuestion) => keep({ questions: set.questions.some(({ id }) => id === question.id) ? set.questions.map((one) => (one.id === question.id ? question : one)) : [...set.questions, question] });
  const words = text.toLocaleLowerCase();
  const found = set.questions.filter((question) => words === "" || `${question.question} ${expectedWords(question).join(" ")} ${question.tags?.join(" ") ?? ""}`.toLocaleLowerCase().includes(words));
  return (
    <div className={css.screen} data-set-page={set.name}>
      <header className={css.header}>
        <div className={css.titleRow}><IconButton label="Back to the question sets" onClick={() => goEvaluate({ kind: "sets" })}><ArrowLeft /></IconButton><div><h1>{set.name}</h1><p>{plural(set.questions.length, "question")}</p></div></div>
        <div className={css.buttons}><Button icon={<Plus />} onClick={() => setEditing("new")}>Question</Button><Button variant="primary" icon={<Play />} disabled={set.questions.length === 0} onClick={() => goEvaluate({ kind: "runs" })}>Run…</Button></div>
      </header>
      <div className={css.panel}>
        <SetOptions set={set} onKeep={keep} />
        <section className={css.section} aria-label="Questions">
          {set.questions.length > 8 ? <SearchField className={css.search ?? ""} label="Search the questions" value={text} onChange={setText} /> : null}
          {set.questions.length === 0
            ? <EmptyState title="No questions in this set yet" compact actions={<Button variant="primary" icon={<Plus />} onClick={() => setEditing("new")}>Write the first one</Button>}>Ask what you would ask, and say what a right answer contains.</EmptyState>
            : (
              <ul className={css.rows}>
                {found.slice(0, SHOWN).map((question) => (
                  <li key={question.id} className={css.row} data-question={question.id}>
                    <div className={css.rowWords}><b>{question.question}</b><span className={css.expected}>{expectedWords(question).map((word) => <Badge key={word}>{word}</Badge>)}{question.tags?.map((tag) => <Badge key={tag} tone="accent">{tag}</Badge>)}</span></div>
                    <IconButton label={`Edit “${question.question}”`} size="s" onClick={() => setEditing(question)}><Pencil /></IconButton>
                    <IconButton label={`Remove “${question.question}”`} size="s" onClick={() => setRemoving(question)}><Trash2 /></IconButton>
                  </li>
                ))}
              </ul>
            )}
          {found.length > SHOWN ? <p className={css.quiet}>{found.length - SHOWN} more: search for them.</p> : null}
        </section>
      </div>
      <AlertDialog open={removing !== undefined} onOpenChange={() => setRemoving(undefined)} title="Remove this question?" confirm="Remove" description={<>“{removing?.question}” and what is known of its answer go. Runs that asked it keep their answers.</>} onConfirm={() => { if (removing) void remove(removing); }} />
      {editing ? <QuestionDialog question={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} onKeep={put} /> : null}
    </div>
  );
}
