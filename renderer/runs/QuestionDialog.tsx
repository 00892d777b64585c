import { Plus } from "lucide-react";
import { useState } from "react";
import type { KnownQuestion } from "../../engine/contract/index.ts";
import { Button, Dialog, Switch, TextArea, TextField } from "../design/index.ts";
import type { Failure } from "../engine/failure.ts";
import { schemaText } from "../schema/read.ts";
import { SchemaArea } from "../schema/SchemaArea.tsx";
import { useSchema } from "../schema/use-schema.ts";
import css from "./runs.module.css";

interface Props { question: KnownQuestion | undefined; onClose(): void; /** Resolves to what the engine refused it for. */ onKeep(question: KnownQuestion): Promise<Failure | undefined> }

/** Numbers as they are typed, with a point or a comma; undefined where the field is empty. */
const numberFrom = (text: string): number | undefined => (text.trim() === "" ? undefined : Number(text.trim().replace(",", ".").replace("−", "-")));

/** Why it is no regular expression, as the engine reads one. */
function patternProblem(source: string): string | undefined {
  try {
    new RegExp(source, "u");
    return undefined;
  } catch (error) {
    return `This is no regular expression: ${error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : String(error)}.`;
  }
}

const lines = (text: string): string[] => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** A question with what a right answer is; one expectation is enough. */
export function QuestionDialog({ question: given, onClose, onKeep }: Props) {
  const [fields, setFields] = useState(() => ({
    question: given?.question ?? "", answers: given?.expectAnswers?.join("\n") ?? "", number: given?.expectNumber?.value.toString() ?? "", tolerance: given?.expectNumber?.tolerance?.toString() ?? "",
    document: given?.expectDocument ?? "", phrase: given?.expectPhrase ?? "", unanswerable: given?.unanswerable ?? false,
    schema: schemaText(given?.jsonSchema), pattern: given?.pattern ?? "", rubric: given?.rubric ?? "", tags: given?.tags?.join(", ") ?? "",
  }));
  const [more, setMore] = useState(Boolean(given?.jsonSchema ?? given?.pattern ?? given?.rubric ?? given?.expectNumber));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const set = (change: Partial<typeof fields>) => { setFields((now) => ({ ...now, ...change })); setProblem(undefined); };
  const typed = useSchema(fields.schema);
  const [value, tolerance] = [numberFrom(fields.number), numberFrom(fields.tolerance)];
  const problems = {
    number: value !== undefined && !Number.isFinite(value) ? "A number, like 12.5." : undefined,
    tolerance: tolerance === undefined ? undefined : !(tolerance >= 0) ? "A number from 0 up, like 0.5." : value === undefined ? "Off from which number?" : undefined,
    pattern: patternProblem(fields.pattern), schema: typed.problem,
  };
  const keep = async () => {
    const answers = lines(fields.answers);
    const tags = fields.tags.split(",").map((tag) => tag.trim()).filter(Boolean);
    const expectations = {
      ...(answers.length > 0 ? { expectAnswers: answers } : {}), ...(value === undefined ? {} : { expectNumber: { value, ...(tolerance === undefined ? {} : { tolerance }) } }),
      ...(fields.document.trim() ? { expectDocument: fields.document.trim() } : {}), ...(fields.phrase.trim() ? { expectPhrase: fields.phrase.trim() } : {}), ...(fields.unanswerable ? { unanswerable: true } : {}),
      ...(typed.schema ? { jsonSchema: typed.schema } : {}), ...(fields.pattern ? { pattern: fields.pattern } : {}), ...(fields.rubric.trim() ? { rubric: fields.rubric.trim() } : {}),
    };
    if (Object.keys(expectations).length === 0) return setProblem("Say what a right answer is: one of the fields below the question is enough.");
    setBusy(true);
    const refused = await onKeep({ id: given?.id ?? crypto.randomUUID(), question: fields.question.trim(), ...(given?.history ? { history: given.history } : {}), ...expectations, ...(tags.length > 0 ? { tags } : {}) });
    setBusy(false);
    if (refused) setProblem([refused.reason, refused.next].filter(Boolean).join(" "));
    else onClose();
  };
  const isReady = fields.question.trim() !== "" && !typed.checking && Object.values(problems).every((one) => one === undefined);
  const footer = <><Button onClick={onClose}>Cancel</Button><Button variant="primary" busy={busy} disabled={!isReady} onClick={() => void keep()}>Keep</Button></>;
  return (
    <Dialog open onOpenChange={(open) => { if (!open) onClose(); }} width="l" title={given ? "Edit the question" : "A question with its answer"} footer={footer}>
      <div className={css.form}>
        <TextArea autoFocus label="Question" rows={2} maxLength={20000} value={fields.question} onChange={(event) => set({ question: event.target.value })} error={problem} />
        <Switch label="Nothing in the documents answers it" hint="Right is to say so." checked={fields.unanswerable} onChange={(unanswerable) => set({ unanswerable })} />
        {fields.unanswerable ? null : <TextArea label="Right answers, one a line" hint="One of them is enough; case, accents and punctuation do not count." rows={2} value={fields.answers} onChange={(event) => set({ answers: event.target.value })} />}
        <div className={css.pair}>
          <TextField label="Document it stands in" placeholder="handbook.pdf" value={fields.document} onChange={(event) => set({ document: event.target.value })} />
          <TextField label="Words of the passage" value={fields.phrase} onChange={(event) => set({ phrase: event.target.value })} />
        </div>
        {more ? (
          <>
            <div className={css.pair}>
              <TextField label="A number" inputMode="decimal" value={fields.number} error={problems.number} onChange={(event) => set({ number: event.target.value })} />
              <TextField label="May be off by" inputMode="decimal" placeholder="0" value={fields.tolerance} error={problems.tolerance} onChange={(event) => set({ tolerance: event.target.value })} />
            </div>
            <TextField label="Pattern that must match" placeholder="^\d{4}-\d{2}-\d{2}" value={fields.pattern} error={problems.pattern} onChange={(event) => set({ pattern: event.target.value })} spellCheck={false} />
            <SchemaArea label="JSON schema the answer must follow" rows={3} value={fields.schema} error={problems.schema} onChange={(event) => set({ schema: event.target.value })} />
            <TextArea label="What a good answer does" hint="Only a judge can tell whether it does." rows={2} value={fields.rubric} onChange={(event) => set({ rubric: event.target.value })} />
          </>
        ) : <Button size="s" variant="ghost" className={css.more} icon={<Plus />} onClick={() => setMore(true)}>Number, pattern, JSON schema, rubric</Button>}
        <TextField label="Tags" placeholder="prices, follow-up" hint="Separated by commas; the report counts each apart." value={fields.tags} onChange={(event) => set({ tags: event.target.value })} />
      </div>
    </Dialog>
  );
}
