import { Check, Circle, CircleAlert, TriangleAlert } from "lucide-react";
import { checkStages, type CheckFinding } from "../../../engine/contract/index.ts";
import { ProgressBar, Spinner } from "../../design/index.ts";
import { stageWords } from "./standing.ts";
import type { RunningCheck } from "./use-check.ts";
import css from "./health.module.css";

/** The seven stages, what each asks, and what those behind us found. */
export function CheckProgress({ stage, done, total, findings }: RunningCheck) {
  const at = stage ? checkStages.indexOf(stage) : -1;
  return (
    <ol className={css.stages} aria-label="Stages of the check" aria-live="polite">
      {checkStages.map((name, place) => {
        const found = findings.filter((finding) => finding.stage === name);
        return (
          <li key={name} data-stage={name} data-state={place < at ? "done" : place === at ? "now" : "waits"}>
            <span className={css.stageIcon} aria-hidden>{place === at ? <Spinner size={14} /> : place < at ? <LevelIcon level={worst(found)} /> : <Circle />}</span>
            <div>
              <b>{stageWords[name][0]}</b> <span className={css.quiet}>{place === at && total > 0 ? `${done} of ${total} questions` : stageWords[name][1]}</span>
              {place === at && total > 0 ? <ProgressBar label={stageWords[name][0]} fraction={done / total} /> : null}
              {found.map((finding, place) => <Finding key={place} finding={finding} bare />)}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const worst = (findings: readonly CheckFinding[]): CheckFinding["level"] => (findings.some(({ level }) => level === "failure") ? "failure" : findings.some(({ level }) => level === "warning") ? "warning" : "ok");

function LevelIcon({ level }: { level: CheckFinding["level"] }) {
  if (level === "ok") return <Check className={css.ok} />;
  return level === "warning" ? <TriangleAlert className={css.warning} /> : <CircleAlert className={css.failure} />;
}

export function Finding({ finding, bare = false }: { finding: CheckFinding; bare?: boolean }) {
  return (
    <p className={css.finding} data-level={finding.level}>
      {bare ? null : <LevelIcon level={finding.level} />}
      <span>{finding.text}{finding.tensor && !finding.text.includes(finding.tensor) ? <> Tensor: <code>{finding.tensor}</code></> : null}</span>
    </p>
  );
}
