import { RotateCcw } from "lucide-react";
import { useId, type ReactNode } from "react";
import { cx, IconButton } from "../design/index.ts";
import css from "./settings.module.css";

interface RowProps {
  label: string;
  /** Meaning, unit, default and cost, in a line or two. */
  hint: ReactNode;
  error?: string | undefined;
  /** Given when the value is not the default. */
  onReset?: (() => void) | undefined;
  /** The control below the words, over the whole width. */
  wide?: boolean;
  children: (ids: { id: string; describedBy: string }) => ReactNode;
}

/** One setting: what it means on the left, its control on the right, its way back to the default beside it. */
export function Row({ label, hint, error, onReset, wide, children }: RowProps) {
  const id = useId();
  return (
    <div className={cx(css.row, wide && css.wide)}>
      <div className={css.words}>
        <div className={css.labelLine}><label className={css.label} htmlFor={id}>{label}</label>{onReset ? <IconButton size="s" label={`Reset ${label} to its default`} onClick={onReset}><RotateCcw /></IconButton> : null}</div>
        <div id={`${id}-hint`} className={css.hint}>{hint}</div>
        {error ? <div className={css.error} role="alert" id={`${id}-error`}>{error}</div> : null}
      </div>
      <div className={css.control}>{children({ id, describedBy: error ? `${id}-hint ${id}-error` : `${id}-hint` })}</div>
    </div>
  );
}

export function Group({ title, text, children }: { title?: string; text?: ReactNode; children: ReactNode }) {
  return <section className={css.group} aria-label={title}>{title ? <h3 className={css.groupTitle}>{title}</h3> : null}{text ? <p className={css.groupText}>{text}</p> : null}<div className={css.rows}>{children}</div></section>;
}
