import { CircleAlert, CircleCheck, Clock3 } from "lucide-react";
import type { DocumentState } from "../../engine/contract/index.ts";
import { count } from "../app/words.ts";
import { cx } from "../design/index.ts";
import css from "./library.module.css";

export type StateFilter = "all" | "indexed" | "working" | "failed" | "cancelled";

const groups: Record<StateFilter, { label: string; states: readonly DocumentState[] | undefined; icon?: React.ReactNode }> = {
  all: { label: "All", states: undefined },
  indexed: { label: "Indexed", states: ["indexed"], icon: <CircleCheck /> },
  working: { label: "In the queue", states: ["queued", "reading", "embedding", "recognising"], icon: <Clock3 /> },
  failed: { label: "Failed", states: ["failed"], icon: <CircleAlert /> },
  cancelled: { label: "Cancelled", states: ["cancelled"] },
};
const order: readonly StateFilter[] = ["all", "indexed", "working", "failed", "cancelled"];

export const statesOf = (filter: StateFilter): DocumentState[] | undefined => groups[filter].states?.slice();

/** The states there are, with their counts: filter and summary in one. */
export function StateChips({ byState, value, onChange }: { byState: Partial<Record<DocumentState, number>> | undefined; value: StateFilter; onChange(value: StateFilter): void }) {
  const countOf = (filter: StateFilter) => Object.entries(byState ?? {}).reduce((sum, [state, number]) => (groups[filter].states?.some((each) => each === state) ?? true ? sum + number : sum), 0);
  return (
    <div role="group" aria-label="State" className={css.chips}>
      {order.filter((filter) => filter === "all" || filter === value || countOf(filter) > 0).map((filter) => (
        <button key={filter} type="button" aria-pressed={value === filter} className={cx(css.chip, value === filter && css.chipOn, filter === "failed" && css.chipBad)} onClick={() => onChange(value === filter ? "all" : filter)}>
          {groups[filter].icon}{groups[filter].label}<span className={css.chipCount}>{count(countOf(filter))}</span>
        </button>
      ))}
    </div>
  );
}
