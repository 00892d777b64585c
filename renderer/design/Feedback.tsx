import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { failureOf } from "../engine/failure.ts";
import { Button } from "./Button.tsx";
import { cx } from "./class-names.ts";
import css from "./Feedback.module.css";

/** fraction 0..1; absent: under way, without an honest number. */
export function ProgressBar({ fraction, label, className }: { fraction?: number | undefined; label: string; className?: string | undefined }) {
  const percent = fraction === undefined ? undefined : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div className={cx(css.progress, className)} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <div className={cx(css.bar, percent === undefined && css.indeterminate)} style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  );
}

export type Tone = "neutral" | "accent" | "good" | "warn" | "danger" | "mark";

export function Badge({ tone = "neutral", icon, children, title }: { tone?: Tone; icon?: ReactNode; children: ReactNode; title?: string | undefined }) {
  return <span className={cx(css.badge, css[tone])} title={title}>{icon}{children}</span>;
}

interface StateProps { icon?: ReactNode; title: string; children?: ReactNode; actions?: ReactNode; compact?: boolean }

/** Says what would be here and how to get it. */
export function EmptyState({ icon, title, children, actions, compact }: StateProps) {
  return (
    <div className={cx(css.state, compact && css.compact)}>
      {icon ? <div className={css.stateIcon} aria-hidden>{icon}</div> : null}
      <h2 className={css.stateTitle}>{title}</h2>
      {children ? <div className={css.stateText}>{children}</div> : null}
      {actions ? <div className={css.stateActions}>{actions}</div> : null}
    </div>
  );
}

/** What went wrong, in the engine's own sentence, with its next step. */
export function ErrorState({ error, title = "This could not be loaded", onRetry, compact }: { error: unknown; title?: string; onRetry?: () => void; compact?: boolean }) {
  const failure = failureOf(error);
  return (
    <div role="alert" className={cx(css.state, compact && css.compact)}>
      <div className={cx(css.stateIcon, css.stateIconBad)} aria-hidden><CircleAlert /></div>
      <h2 className={css.stateTitle}>{title}</h2>
      <div className={css.stateText}>{failure.reason}{failure.next ? ` ${failure.next}` : ""}</div>
      {failure.detail ? <details className={css.detail}><summary>Technical detail</summary><pre>{failure.detail}</pre></details> : null}
      {onRetry ? <div className={css.stateActions}><Button onClick={onRetry}>Try again</Button></div> : null}
    </div>
  );
}

export function Kbd({ children }: { children: string }) {
  return <span className={css.keys}>{children.split(" ").map((key) => <kbd key={key} className={css.kbd}>{key}</kbd>)}</span>;
}
