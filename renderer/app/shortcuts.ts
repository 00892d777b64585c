import { useEffect } from "react";

/** A key chord: "Mod" is Command on a Mac and Control elsewhere. Written as it is shown. */
export interface Shortcut { readonly keys: string; readonly does: string }

const mac = /mac/i.test(navigator.platform);
export const shownKeys = (keys: string): string => keys.replace("Mod", mac ? "⌘" : "Ctrl").replace("Alt", mac ? "⌥" : "Alt");

export const shortcuts: readonly Shortcut[] = [
  { keys: "Alt N", does: "New conversation" },
  { keys: "Mod K", does: "Search conversations" },
  { keys: "Mod B", does: "Show or hide the conversations" },
  { keys: "/", does: "Write a question" },
  { keys: "Enter", does: "Ask" },
  { keys: "Shift Enter", does: "New line" },
  { keys: "↑", does: "Edit the last question" },
  { keys: "Esc", does: "Stop the answer, close a panel" },
  { keys: "]", does: "Next citation" },
  { keys: "[", does: "Previous citation" },
  { keys: "F2", does: "Rename the conversation" },
  { keys: "Alt 1", does: "Chat, then 2 … 7 for the other screens" },
  { keys: "F1", does: "User guide" },
  { keys: "?", does: "These shortcuts" },
];

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Whether an event is a chord. Plain keys count only outside of fields. */
function matches(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split(" ");
  const key = parts[parts.length - 1] ?? "";
  const mod = parts.includes("Mod");
  const alt = parts.includes("Alt");
  if ((event.ctrlKey || event.metaKey) !== mod || event.altKey !== alt) return false;
  if (!mod && !alt && key.length === 1 && typing(event.target)) return false;
  // With Alt, a Mac types another letter: the physical key tells.
  return alt ? event.code === (/\d/.test(key) ? `Digit${key}` : `Key${key}`) : event.key.toLowerCase() === key.toLowerCase();
}

/** Runs what a chord stands for, unless a dialog or menu has the keyboard. */
export function useShortcuts(table: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector("[role=dialog][data-state=open], [role=alertdialog][data-state=open], [role=menu][data-state=open]")) return;
      for (const [keys, run] of Object.entries(table)) {
        if (!matches(event, keys)) continue;
        event.preventDefault();
        run(event);
        return;
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [table]);
}
