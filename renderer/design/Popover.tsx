import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import css from "./Overlay.module.css";

interface PopoverProps {
  trigger: ReactNode; children: ReactNode;
  /** Says what the popover is for; it is a dialog to a screen reader. */
  label: string;
  open?: boolean | undefined; onOpenChange?: ((open: boolean) => void) | undefined;
  align?: "start" | "center" | "end"; side?: "top" | "bottom" | "left" | "right";
}

/** Escape takes a field away without leaving it first: what is kept on leaving it would be lost. */
function leaveField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

export function Popover({ trigger, children, label, open, onOpenChange, align = "start", side = "bottom" }: PopoverProps) {
  return (
    <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={css.popover} aria-label={label} align={align} side={side} sideOffset={8} collisionPadding={12} onEscapeKeyDown={leaveField}>{children}</Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
