import { X } from "lucide-react";
import { AlertDialog as RadixAlert, Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button, IconButton } from "./Button.tsx";
import { cx } from "./class-names.ts";
import css from "./Overlay.module.css";

interface DialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  width?: "s" | "m" | "l";
  children: ReactNode;
  /** Buttons at the bottom, the primary one last. */
  footer?: ReactNode;
}

/** A field with autoFocus has the focus already and this is not called; otherwise the dialog itself takes it, not its close button. */
function focusContent(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/** Traps the focus, closes on Escape, gives the focus back. */
export function Dialog({ open, onOpenChange, title, description, width = "m", children, footer }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={css.scrim} />
        <Radix.Content className={cx(css.dialog, css[`width_${width}`])} onOpenAutoFocus={focusContent} {...(description ? {} : { "aria-describedby": undefined })}>
          <header className={css.dialogHead}>
            <div>
              <Radix.Title className={css.dialogTitle}>{title}</Radix.Title>
              {description ? <Radix.Description className={css.dialogText}>{description}</Radix.Description> : null}
            </div>
            <Radix.Close asChild><IconButton label="Close" size="s"><X /></IconButton></Radix.Close>
          </header>
          <div className={css.dialogBody}>{children}</div>
          {footer ? <footer className={css.dialogFoot}>{footer}</footer> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface AlertDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  /** What will happen, and what will not. */
  description: ReactNode;
  confirm: string;
  danger?: boolean;
  onConfirm(): void;
}

/** For what cannot be undone: the focus starts on Cancel. */
export function AlertDialog({ open, onOpenChange, title, description, confirm, danger = true, onConfirm }: AlertDialogProps) {
  return (
    <RadixAlert.Root open={open} onOpenChange={onOpenChange}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={css.scrim} />
        <RadixAlert.Content className={cx(css.dialog, css.width_s)}>
          <div className={css.alertBody}>
            <RadixAlert.Title className={css.dialogTitle}>{title}</RadixAlert.Title>
            <RadixAlert.Description className={css.dialogText}>{description}</RadixAlert.Description>
          </div>
          <footer className={css.dialogFoot}>
            <RadixAlert.Cancel asChild><Button>Cancel</Button></RadixAlert.Cancel>
            <RadixAlert.Action asChild><Button variant={danger ? "danger" : "primary"} onClick={onConfirm}>{confirm}</Button></RadixAlert.Action>
          </footer>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}
