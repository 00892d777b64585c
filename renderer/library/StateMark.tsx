import { Ban, CircleAlert, CircleCheck, Clock3, ScanText } from "lucide-react";
import type { Document, DocumentState } from "../../engine/contract/index.ts";
import { cx, Spinner } from "../design/index.ts";
import { adviceFor } from "./reasons.ts";
import css from "./library.module.css";

export const stateWords: Record<DocumentState, string> = { queued: "Waiting", reading: "Reading", embedding: "Indexing", indexed: "Indexed", recognising: "Text in pictures", failed: "Failed", cancelled: "Cancelled" };

const icons: Record<DocumentState, React.ReactNode> = {
  queued: <Clock3 />, reading: <Spinner size={13} />, embedding: <Spinner size={13} />, indexed: <CircleCheck />, recognising: <ScanText />, failed: <CircleAlert />, cancelled: <Ban />,
};

/** Never colour alone: an icon and a word. A failed document says in two words why. */
export function StateMark({ document }: { document: Pick<Document, "state" | "reason" | "warnings"> }) {
  const word = document.state === "failed" && document.reason ? adviceFor(document.reason).short : stateWords[document.state];
  // A guessed encoding lost nothing.
  const warned = document.state === "indexed" && document.warnings.some((warning) => warning.code !== "encoding-guessed");
  return (
    <span className={cx(css.state, css[`state_${document.state}`], warned && css.stateWarned)} title={warned ? document.warnings.map((warning) => warning.message).join("\n") : undefined}>
      {warned ? <CircleAlert aria-hidden /> : <span aria-hidden className={css.stateIcon}>{icons[document.state]}</span>}
      <span className={css.stateWord}>{!warned ? word : document.warnings.every(({ code }) => code === "other-language" || code === "encoding-guessed") ? "Language in doubt" : "Indexed in part"}</span>
    </span>
  );
}
