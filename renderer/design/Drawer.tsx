import { X } from "lucide-react";
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { IconButton } from "./Button.tsx";
import css from "./Drawer.module.css";

interface DrawerProps { title: ReactNode; /** Read to screen readers. */ label: string; onClose(): void; actions?: ReactNode; children: ReactNode }

/** A panel beside the content, not over it: the list stays usable. On narrow windows it covers the list. Escape closes it. */
export function Drawer({ title, label, onClose, actions, children }: DrawerProps) {
  const panel = useRef<HTMLElement>(null);
  // Before the panel leaves the page: afterwards the focus is nowhere.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const inside = panel.current;
    return () => { if (before instanceof HTMLElement && inside?.contains(document.activeElement)) before.focus(); };
  }, []);
  // Menus of the drawer are elsewhere in the page and have an Escape of their own; a tooltip that shows has it too, but must not need a second press.
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !(event.target instanceof Node) || !panel.current?.contains(event.target)) return;
    event.stopPropagation();
    onClose();
  };
  return (
    <aside ref={panel} className={css.drawer} tabIndex={-1} aria-label={label} onKeyDown={onKey}>
      <header className={css.head}>
        <div className={css.title}>{title}</div>
        {actions}
        <IconButton label="Close" keys="Esc" size="s" onClick={onClose}><X /></IconButton>
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  );
}
