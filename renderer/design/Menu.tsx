import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./class-names.ts";
import { Kbd } from "./Feedback.tsx";
import css from "./Overlay.module.css";

interface MenuProps { trigger: ReactNode; children: ReactNode; align?: "start" | "center" | "end"; side?: "top" | "bottom" | "left" | "right" }

/** A button that opens a list of actions: `<Menu trigger={<IconButton …/>}><MenuItem …/></Menu>`. */
export function Menu({ trigger, children, align = "end", side = "bottom" }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={css.menu} align={align} side={side} sideOffset={6} collisionPadding={8}>{children}</DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps { onSelect(): void; icon?: ReactNode; keys?: string; hint?: ReactNode; danger?: boolean; disabled?: boolean; children: ReactNode }

export function MenuItem({ onSelect, icon, keys, hint, danger, disabled = false, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item className={cx(css.item, danger && css.itemDanger)} disabled={disabled} onSelect={onSelect}>
      {icon}
      <span className={css.itemText}>{children}{hint ? <span className={css.itemHint}>{hint}</span> : null}</span>
      {keys ? <Kbd>{keys}</Kbd> : null}
    </DropdownMenu.Item>
  );
}

export const MenuSeparator = () => <DropdownMenu.Separator className={css.separator} />;
export const MenuLabel = ({ children }: { children: ReactNode }) => <DropdownMenu.Label className={css.menuLabel}>{children}</DropdownMenu.Label>;
