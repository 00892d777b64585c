import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import css from "./Overlay.module.css";

export interface Point { readonly x: number; readonly y: number }

interface MenuAtProps { at: Point; /** What the actions are about, for screen readers. */ label: string; onClose(): void; /** Where the focus goes afterwards. */ restoreFocus(): void; children: ReactNode }

/** A context menu: the same items as {@link Menu}, opened where the pointer (or the row in focus) is. Shown for as long as it is rendered. */
export function MenuAt({ at, label, onClose, restoreFocus, children }: MenuAtProps) {
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => { if (!open) onClose(); }}>
      <DropdownMenu.Trigger asChild><span aria-hidden style={{ position: "fixed", left: at.x, top: at.y, width: 1, height: 1, pointerEvents: "none" }} /></DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={css.menu} aria-label={label} align="start" sideOffset={2} collisionPadding={8} onCloseAutoFocus={(event) => { event.preventDefault(); restoreFocus(); }}>{children}</DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
