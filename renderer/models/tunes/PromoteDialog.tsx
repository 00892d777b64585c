import { Square } from "lucide-react";
import { useState } from "react";
import type { FineTune, FineTuneVersion } from "../../../engine/contract/index.ts";
import { timeLeft } from "../../app/words.ts";
import { Button, Checkbox, Dialog, ProgressBar, useToasts } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf } from "../../engine/failure.ts";
import { useSets } from "../../runs/queries.ts";
import { GateChoice, gateInput, usualGate } from "./GateChoice.tsx";
import { GateOutcome } from "./GateOutcome.tsx";
import { gateOf, hasStaleGate, versionOf } from "./history.ts";
import { useGate } from "./use-gate.ts";
import css from "./tunes.module.css";

/** Before a version becomes the default, the person's own questions are asked of both. A worse one, or one that was not asked, needs a second, deliberate yes. */
export function PromoteDialog({ tune, version, onClose }: { tune: FineTune; version: FineTuneVersion; onClose(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: all } = useSets();
  const { state, start, stop } = useGate();
  const [choice, setChoice] = useState(usualGate);
  const [again, setAgain] = useState(false);
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState<string>();
  const sets = (all ?? []).filter(({ questions }) => questions.length > 0);
  const chosen = sets.find(({ id }) => id === choice.setId) ?? sets[0];
  const input = chosen && gateInput(choice, chosen);
  const gate = again ? undefined : state.is === "done" ? state.gate : gateOf(tune, version.id);
  const running = state.is === "running";
  const needsSure = gate ? gate.decision === "worse" : sets.length > 0;
  const consent = `${gate ? "Promote it although it does worse." : "Promote it without asking the questions."} That is written into its history.`;
  const ask = () => { setAgain(false); setSure(false); setProblem(undefined); if (input) void start({ id: tune.id, versionId: version.id, ...input }); };
  const promote = () => {
    engine.models.fineTunes.promote({ id: tune.id, versionId: version.id, anyway: needsSure && sure }).then(() => {
      onClose();
      toasts.show({ title: `Version ${version.number} is the default of ${tune.name}` });
    }, (error: unknown) => { const { reason, next } = failureOf(error); setProblem([reason, next].filter(Boolean).join(" ")); });
  };
  const footer = running ? <Button icon={<Square />} onClick={stop}>Stop</Button> : (
    <>
      <Button onClick={onClose}>Cancel</Button>
      {gate ? <Button onClick={() => setAgain(true)}>Ask again…</Button> : chosen ? <Button variant={sure ? "secondary" : "primary"} disabled={!input} onClick={ask}>Ask the questions</Button> : null}
      {needsSure && !gate && !sure ? null : <Button variant={needsSure ? "danger" : "primary"} disabled={!all || (needsSure && !sure)} onClick={promote}>{needsSure ? "Promote anyway" : "Make default"}</Button>}
    </>
  );
  return (
    <Dialog open onOpenChange={onClose} title={`Make version ${version.number} the default?`} description={`Wherever ${tune.name} is chosen, this version answers from then on.`} footer={footer}>
      <div className={css.gate}>
        {!running && !gate && hasStaleGate(tune, version.id) ? <p>The questions were asked before, but the file of one of the two versions was replaced since.</p> : null}
        {running ? <Asking progress={state.progress} /> : gate ? <GateOutcome gate={gate} candidate={version.number} standing={versionOf(tune, gate.defaultVersionId)?.number} />
          : chosen ? <GateChoice sets={sets} set={chosen} value={choice} onChange={setChoice} />
          : all ? <p>There is no question set yet, so nothing says whether this version is better. <a className={css.link} href="#/evaluate/sets">Write some questions</a>, a dozen are a good beginning.</p> : null}
        {needsSure && !running ? <label className={css.sure}><Checkbox label={consent} checked={sure} onChange={setSure} /><span>{consent}</span></label> : null}
        {state.is === "failed" ? <p role="alert" className={css.problem}>{state.failure.reason} {state.failure.next}</p> : null}
        {problem ? <p role="alert" className={css.problem}>{problem}</p> : null}
      </div>
    </Dialog>
  );
}

function Asking({ progress }: { progress: { done: number; total: number; leftSeconds?: number | undefined } | undefined }) {
  return (
    <div role="status" className={css.asking}>
      <p>{progress && progress.total > 0 ? `${progress.done} of ${progress.total} answers` : "Getting ready"}{progress?.leftSeconds === undefined ? "" : `, ${timeLeft(progress.leftSeconds)}`}</p>
      <ProgressBar label="Asking the questions" fraction={progress && progress.total > 0 ? progress.done / progress.total : undefined} />
    </div>
  );
}
