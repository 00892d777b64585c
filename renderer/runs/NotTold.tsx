import { plural } from "../app/words.ts";
import { Badge } from "../design/index.ts";
import css from "./runs.module.css";

/** Two that no test told apart: because there is no difference, or because there are too few questions. `more`: how many more it would take; absent where there is none. */
export function NotTold({ more }: { more: number | undefined }) {
  return more === undefined
    ? <><Badge>no</Badge><span className={css.besides}>no difference to be seen</span></>
    : <><Badge tone="warn">not yet</Badge><span className={css.besides}>about {plural(more, "more question")} would</span></>;
}
