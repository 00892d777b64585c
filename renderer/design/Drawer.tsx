import { X } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { IconButton } from "./Button.tsx";
import css from "./Drawer.module.css";

interface DrawerProps { title: ReactNode; /** Read to screen readers. */ label: string; onClose(): void; actions?: ReactNode; children: ReactNode }

/** A panel beside the content, not over it: the list stays usable. On narrow windows it covers the list. Escape closes it. */
export function Drawer({ title, label, onClose, actions, children }: DrawerProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const inside = panel.current;
    return () => { if (before instanceof HTMLElement && inside?.contains(document.activeElement)) before.focus(); };
  }, []);
  return (
    <aside ref={panel} className={css.drawer} aria-label={label} onKeyDown={(event) => { if (event.key === "Escape" && !event.defaultPrevented) { event.stopPropagation(); onClose(); } }}>
      <header className={css.head}>
        <div className={css.title}>{title}</div>
        {actions}
        <IconButton label="Close" keys="Esc" size="s" onClick={onClose}><X /></IconButton>
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  );
}
