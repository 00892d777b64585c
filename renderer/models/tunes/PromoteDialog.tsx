import { useState } from "react";
import type { FineTune, FineTuneVersion } from "../../../engine/contract/index.ts";
import { Button, Checkbox, Dialog, useToasts } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { failureOf } from "../../engine/failure.ts";
import { GateOutcome } from "./GateOutcome.tsx";
import { gateOf, versionOf } from "./history.ts";
import css from "./tunes.module.css";

/** Before a version becomes the default: what the questions say of it. A worse one needs a second, deliberate yes. */
export function PromoteDialog({ tune, version, onClose }: { tune: FineTune; version: FineTuneVersion; onClose(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState<string>();
  const gate = gateOf(tune, version.id);
  const worse = gate?.decision === "worse";
  const promote = () => {
    engine.models.fineTunes.promote({ id: tune.id, versionId: version.id, anyway: worse && sure }).then(() => {
      onClose();
      toasts.show({ title: `Version ${version.number} is the default of ${tune.name}` });
    }, (error: unknown) => { const { reason, next } = failureOf(error); setProblem([reason, next].filter(Boolean).join(" ")); });
  };
  return (
    <Dialog open onOpenChange={onClose} title={`Make version ${version.number} the default?`} description={`Wherever ${tune.name} is chosen, this version answers from then on.`}
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant={worse ? "danger" : "primary"} disabled={worse && !sure} onClick={promote}>{worse ? "Promote anyway" : "Make default"}</Button></>}>
      <div className={css.gate}>
        {gate ? <GateOutcome gate={gate} candidate={version.number} standing={versionOf(tune, tune.defaultVersionId)?.number} /> : null}
        {worse ? <label className={css.sure}><Checkbox label="Promote it although it does worse" checked={sure} onChange={setSure} /><span>Promote it although it does worse. That is written into its history.</span></label> : null}
        {problem ? <p role="alert" className={css.problem}>{problem}</p> : null}
      </div>
    </Dialog>
  );
}
