import { Play } from "lucide-react";
import { useMemo, useState } from "react";
import type { QuestionSet, RunInput, RunSummary, ShelfItem } from "../../engine/contract/index.ts";
import { plural } from "../app/words.ts";
import { Button, Select, Switch, TextField, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useModels } from "../engine/queries.ts";
import { ContenderBar } from "../compare/ContenderBar.tsx";
import { contendersOf, usualEntries, type Entry } from "../compare/contenders.ts";
import { goEvaluate } from "./addresses.ts";
import { howMany, howManyProblem } from "./how-many.ts";
import css from "./runs.module.css";

const NOBODY = "nobody";
const MOST_ENTRIES = 8;
/** As many as the contract takes; with the schema enforced, each entry is two. */
const MOST_VARIANTS = 12;

/** What is asked of whom, before a run begins. */
export function StartRun({ sets, runs }: { sets: readonly QuestionSet[]; runs: readonly RunSummary[] }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: shelf = [] } = useModels();
  const [setId, setSetId] = useState<string>();
  const [chosen, setChosen] = useState<readonly Entry[]>();
  const [both, setBoth] = useState(false);
  const [judge, setJudge] = useState(NOBODY);
  const [most, setMost] = useState("");
  const [busy, setBusy] = useState(false);
  const set = sets.find(({ id }) => id === setId) ?? sets[0];
  const entries = useMemo(() => chosen ?? usualEntries(shelf), [chosen, shelf]);
  const models = shelf.filter((item) => item.kind === "model");
  if (!set) return null;
  const schemas = set.jsonSchema !== undefined || set.questions.some(({ jsonSchema }) => jsonSchema !== undefined);
  const variants = variantsOf(entries, shelf, schemas && both);
  const asked = howMany(most, set);
  const questions = asked ?? 0;
  const running = runs.some(({ state }) => state === "running");
  const start = async () => {
    setBusy(true);
    try {
      const input: Parameters<typeof engine.evaluation.runs.start>[0] = { setId: set.id, variants, ...(judge === NOBODY ? {} : { judge: { modelId: judge } }), ...(questions < set.questions.length ? { most: questions } : {}) };
      const run = await engine.evaluation.runs.start(input);
      goEvaluate({ kind: "run", id: run.id });
    } catch (error) {
      toasts.fail(error, "The run could not begin");
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className={css.start} aria-label="A new run">
      <div className={css.fields}>
        <label className={css.field}><span>Question set</span><Select label="Question set" value={set.id} onChange={setSetId} options={sets.map((one) => ({ value: one.id, label: `${one.name} (${one.questions.length})` }))} /></label>
        <TextField label="Only the first" inputMode="numeric" placeholder={`all ${set.questions.length}`} value={most} error={asked === undefined ? howManyProblem : undefined} onChange={(event) => setMost(event.target.value)} />
        <label className={css.field}><span>Judged by</span><Select label="Judged by" value={judge} onChange={setJudge} options={[{ value: NOBODY, label: "Rules alone" }, ...models.map((item) => ({ value: item.id, label: item.name }))]} /></label>
      </div>
      <ContenderBar entries={entries} shelf={shelf} most={MOST_ENTRIES} least={1} changed={chosen !== undefined} onChange={setChosen} />
      {schemas ? <div className={css.switch}><Switch label="Each model also with the schema enforced" hint="Shows what the fine-tune buys over a grammar." checked={both} onChange={setBoth} /></div> : null}
      <div className={css.go}>
        <Button variant="primary" icon={<Play />} busy={busy} disabled={running || variants.length === 0 || variants.length > MOST_VARIANTS || questions === 0} onClick={() => void start()}>Run</Button>
        <span className={css.quiet}>{running ? "Another run is under way." : variants.length > MOST_VARIANTS ? `These are ${variants.length} corners; a run takes ${MOST_VARIANTS}.` : `${plural(questions, "question")} through ${plural(variants.length, "corner")}: ${plural(questions * variants.length, "answer")}. It can be stopped and goes on where it was; chats come first.`}</span>
      </div>
    </section>
  );
}

/** Every chosen one; `both`: those with a model once more, with the schema enforced by grammar. */
function variantsOf(entries: readonly Entry[], shelf: readonly ShelfItem[], both: boolean): Variant[] {
  return contendersOf(entries, shelf).flatMap(({ name, options }) => {
    const one: Variant = { name, mode: options.mode, adapters: options.adapters, ...(options.modelId === undefined ? {} : { modelId: options.modelId }) };
    return both && options.mode !== "quotes" ? [one, { ...one, name: `${name}, enforced`, enforceSchema: true }] : [one];
  });
}
type Variant = Pick<RunInput["variants"][number], "name" | "mode" | "adapters"> & { modelId?: string; enforceSchema?: boolean };
