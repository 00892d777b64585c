import type { Document, DocumentReason } from "../../engine/contract/index.ts";
import { baseName, plural } from "../app/words.ts";
import { Button, Dialog, VirtualList } from "../design/index.ts";
import { adviceFor } from "./reasons.ts";
import css from "./dialogs.module.css";

export interface AddResult { added: Document[]; unchanged: number; skipped: { path: string; reason: DocumentReason }[] }

/** What was left out, and why. */
export function AddResultDialog({ result, onClose }: { result: AddResult; onClose(): void }) {
  return (
    <Dialog open onOpenChange={onClose} title={`${plural(result.skipped.length, "file")} skipped`} description={`${plural(result.added.length, "document")} added, ${plural(result.unchanged, "was", "were")} already here.`}
      footer={<Button variant="primary" onClick={onClose}>Done</Button>}>
      <VirtualList items={result.skipped} keyOf={(item) => item.path} estimate={() => 62} label="Skipped files" className={css.skipped}
        render={(item) => (
          <div className={css.skippedRow}>
            <div className={css.skippedName} title={item.path}>{baseName(item.path)}</div>
            <div className={css.skippedWhy}>{item.reason.message} {adviceFor(item.reason).next}</div>
          </div>
        )} />
    </Dialog>
  );
}
