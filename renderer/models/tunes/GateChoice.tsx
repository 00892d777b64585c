import type { GateInput, QuestionSet } from "../../../engine/contract/index.ts";
import { plural } from "../../app/words.ts";
import { modeName } from "../../chat/modes.ts";
import { Field, Select, TextField } from "../../design/index.ts";
import { howMany, howManyProblem } from "../../runs/how-many.ts";
import css from "./tunes.module.css";

const corners = ["expected", "hybrid", "fine-tune", "both"] as const;
/** What is asked, and where; `most` as typed, empty for all. */
export interface GateChosen { readonly setId: string | undefined; readonly corner: (typeof corners)[number]; readonly most: string }
export const usualGate: GateChosen = { setId: undefined, corner: "expected", most: "" };

const cornerWords = { expected: "As the questions expect it", hybrid: modeName("hybrid"), "fine-tune": modeName("fine-tune"), both: `${modeName("hybrid")} and ${modeName("fine-tune")}` } as const;

/** As the engine wants it; undefined while it cannot be asked. */
export function gateInput(chosen: GateChosen, set: QuestionSet): Pick<GateInput, "setId"> & Partial<Pick<GateInput, "modes" | "most">> | undefined {
  const most = howMany(chosen.most, set);
  if (most === undefined) return undefined;
  const modes: Partial<Pick<GateInput, "modes">> = chosen.corner === "expected" ? {} : { modes: chosen.corner === "both" ? ["hybrid", "fine-tune"] : [chosen.corner] };
  return { setId: set.id, ...modes, ...(most < set.questions.length ? { most } : {}) };
}

/** Which questions, in which corner, how many of them. */
export function GateChoice({ sets, set, value, onChange }: { sets: readonly QuestionSet[]; set: QuestionSet; value: GateChosen; onChange(value: GateChosen): void }) {
  const asked = howMany(value.most, set);
  const answers = asked === undefined ? undefined : asked * 2 * (value.corner === "both" ? 2 : 1);
  return (
    <>
      <Field label="Question set" hint="Every question is asked of this version and of the present default, and answers that got worse are listed. It can be stopped, and goes on where it was.">
        {({ id }) => <Select id={id} label="Question set" value={set.id} onChange={(setId) => onChange({ ...value, setId })} options={sets.map((one) => ({ value: one.id, label: `${one.name} (${one.questions.length})` }))} />}
      </Field>
      <div className={css.gateChoice}>
        <Field label="Asked in" hint={value.corner === "expected" ? "Hybrid where a question names a document or a passage, else Fine-tune." : undefined}>
          {({ id }) => <Select id={id} label="Asked in" value={value.corner} onChange={(corner) => onChange({ ...value, corner })} options={corners.map((corner) => ({ value: corner, label: cornerWords[corner] }))} />}
        </Field>
        <TextField label="Only the first" inputMode="numeric" placeholder={`all ${set.questions.length}`} value={value.most} onChange={(event) => onChange({ ...value, most: event.target.value })}
          error={asked === undefined ? howManyProblem : undefined} hint={answers === undefined ? undefined : `${plural(answers, "answer")} in all.`} />
      </div>
    </>
  );
}
