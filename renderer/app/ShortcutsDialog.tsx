import { Dialog, Kbd } from "../design/index.ts";
import { hrefOf } from "./route.ts";
import { shortcuts, shownKeys } from "./shortcuts.ts";
import css from "./App.module.css";

export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" width="m">
      <div className={css.shortcuts}>
        {shortcuts.map(({ keys, does }) => <div key={keys} className={css.shortcut}><span>{does}</span><Kbd>{shownKeys(keys)}</Kbd></div>)}
      </div>
      <p className={css.guideLink}><a href={hrefOf("guide")} onClick={() => onOpenChange(false)}>Read the user guide</a></p>
    </Dialog>
  );
}
