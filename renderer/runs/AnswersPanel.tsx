import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useMemo, useState } from "react";
import type { RunAnswer, RunSummary } from "../../engine/contract/index.ts";
import { milliseconds, plural } from "../app/words.ts";
import { Badge, cx, EmptyState, ErrorState, IconButton, SearchField, SegmentedControl, Spinner, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import { expectedWords } from "./expected.ts";
import { useSets } from "./queries.ts";
import { scoreWords } from "./words.ts";
import css from "./runs.module.css";

const SHOWN = 50;
const filters = [{ value: "all" as const, label: "All" }, { value: "wrong" as const, label: "Some wrong" }, { value: "split" as const, label: "They differ" }];

/** Every question with the answers of all corners side by side, and a thumb for each. */
export function AnswersPanel({ run }: { run: RunSummary }) {
  const { data: answers, error } = useEngineQuery<RunAnswer[]>(["evaluation", "answers", run.id], (engine, signal) => engine.evaluation.runs.answers({ id: run.id }, { signal }));
  const { data: sets } = useSets();
  const [text, setText] = useState("");
  const [filter, setFilter] = useState<(typeof filters)[number]["value"]>("all");
  const questions = useMemo(() => {
    const known = new Map(sets?.find(({ id }) => id === run.setId)?.questions.map((question) => [question.id, question]));
    const grouped = new Map<string, RunAnswer[]>();
    for (const answer of answers ?? []) grouped.set(answer.questionId, [...(grouped.get(answer.questionId) ?? []), answer]);
    return [...grouped].map(([id, of]) => ({ id, of, known: known.get(id) }));
  }, [answers, sets, run.setId]);
  if (error) return <ErrorState error={error} />;
  if (!answers) return <div className={css.loading}><Spinner label="Loading" /></div>;
  if (answers.length === 0) return <EmptyState title="No answer yet" compact />;
  const words = text.toLocaleLowerCase();
  const found = questions.filter(({ of, known }) => {
    const right = of.map(({ scores }) => scores.correct);
    if (filter === "wrong" && !right.includes(false)) return false;
    if (filter === "split" && !(right.includes(true) && right.includes(false))) return false;
    return words === "" || `${known?.question ?? ""} ${of.map((one) => one.text).join(" ")}`.toLocaleLowerCase().includes(words);
  });
  return (
    <div className={css.panel}>
      <div className={cx(css.sectionHead, css.wholeWidth)}><SearchField label="Search questions and answers" value={text} onChange={setText} /><SegmentedControl label="Which" size="s" value={filter} segments={filters} onChange={(value) => setFilter(value)} /></div>
      <ol className={css.asked}>
        {found.slice(0, SHOWN).map(({ id, of, known }) => (
          <li key={id}>
            <b>{known?.question ?? "A question that is not in the set any more"}</b>
            {known ? <span className={css.expected}>{expectedWords(known).map((word) => <Badge key={word}>{word}</Badge>)}</span> : null}
            <div className={css.answers}>{of.map((answer) => <AnswerCard key={answer.variant} run={run} answer={answer} />)}</div>
          </li>
        ))}
      </ol>
      {found.length > SHOWN ? <p className={css.quiet}>{plural(found.length - SHOWN, "more question")}: search for them.</p> : null}
    </div>
  );
}

function AnswerCard({ run, answer }: { run: RunSummary; answer: RunAnswer }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { scores } = answer;
  const rate = (thumb: "up" | "down") => { engine.evaluation.runs.rate({ id: run.id, variant: answer.variant, questionId: answer.questionId, thumb: answer.thumb === thumb ? null : thumb }).catch((error: unknown) => toasts.fail(error, "The thumb could not be kept")); };
  const misses = (["fact", "format", "citation", "recall"] as const).filter((measure) => scores[measure] === false || scores[measure] === 0).map((measure) => scoreWords[measure][0]);
  return (
    <article className={css.answerCard} aria-label={answer.variant} data-correct={scores.correct}>
      <header><b>{answer.variant}</b>{scores.correct === undefined ? null : <Badge tone={scores.correct ? "good" : "danger"}>{scores.correct ? "right" : "wrong"}</Badge>}{answer.judged && answer.judged.verdict !== "none" ? <Badge tone={answer.judged.verdict === "right" ? "good" : answer.judged.verdict === "partly" ? "warn" : "danger"} title={answer.judged.reason}>judge: {answer.judged.verdict}</Badge> : null}</header>
      <p className={css.said}>{answer.state === "failed" ? `${answer.error?.reason ?? "It failed."}` : answer.text || "An empty answer."}</p>
      <footer>
        <span className={css.quiet}>{[milliseconds(answer.totalMs), answer.sources.length > 0 ? plural(answer.sources.length, "source") : "", scores.formatProblem ?? "", scores.mismarked ? "names a wrong source" : "", answer.cutOff ? "cut off at its greatest length" : "", misses.length > 0 ? `missed: ${misses.join(", ")}` : ""].filter(Boolean).join(" · ")}</span>
        <IconButton size="s" label={`Good answer of ${answer.variant}`} active={answer.thumb === "up"} aria-pressed={answer.thumb === "up"} onClick={() => rate("up")}><ThumbsUp /></IconButton>
        <IconButton size="s" label={`Bad answer of ${answer.variant}`} active={answer.thumb === "down"} aria-pressed={answer.thumb === "down"} onClick={() => rate("down")}><ThumbsDown /></IconButton>
      </footer>
    </article>
  );
}
