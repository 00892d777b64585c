import css from "./Feedback.module.css";

export function Spinner({ size = 18, label }: { size?: number; label?: string }) {
  return <span className={css.spinner} style={{ width: size, height: size }} role={label ? "status" : undefined} aria-label={label} aria-hidden={label ? undefined : true} />;
}
