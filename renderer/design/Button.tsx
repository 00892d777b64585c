import type { ComponentProps, ReactNode } from "react";
import { cx } from "./class-names.ts";
import { Spinner } from "./Spinner.tsx";
import { Tooltip } from "./Tooltip.tsx";
import css from "./Button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  /** primary: the one thing to do here; danger: destroys something. */
  variant?: "primary" | "secondary" | "ghost" | "danger";
  size?: "s" | "m";
  icon?: ReactNode;
  /** Shows a spinner and refuses clicks; the label stays, so that the width does. */
  busy?: boolean;
}

export function Button({ variant = "secondary", size = "m", icon, busy, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} disabled={disabled || busy} aria-busy={busy || undefined} className={cx(css.button, css[variant], css[size], className)}>
      {busy ? <Spinner size={14} /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  /** Read to screen readers and shown as a tooltip. */
  label: string;
  /** Shortcut shown in the tooltip. */
  keys?: string;
  size?: "s" | "m";
  active?: boolean;
  tooltipSide?: "top" | "right" | "bottom" | "left";
  /** Without a tooltip: in a dialog it would take the first Escape for itself. */
  bare?: boolean;
}

export function IconButton({ label, keys, size = "m", active, tooltipSide, bare, className, children, ...rest }: IconButtonProps) {
  const button = <button type="button" aria-label={label} {...rest} className={cx(css.icon, size === "s" && css.iconSmall, active && css.active, className)}>{children}</button>;
  return bare ? button : <Tooltip text={label} keys={keys} side={tooltipSide}>{button}</Tooltip>;
}
