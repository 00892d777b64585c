import { Braces, Ellipsis, History, Pencil, Plus, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import type { FineTune, FineTuneVersion, ShelfItem } from "../../../engine/contract/index.ts";
import { dateTime, plural } from "../../app/words.ts";
import { AlertDialog, Badge, Button, IconButton, Menu, MenuItem, MenuSeparator, useToasts } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { previousDefault, promotionWords } from "./history.ts";
import { PromoteDialog } from "./PromoteDialog.tsx";
import { RenameTune } from "./RenameTune.tsx";
import { TuneDialog } from "./TuneDialog.tsx";
import { TuneSchema } from "./TuneSchema.tsx";
import { VersionRow } from "./VersionRow.tsx";
import css from "./tunes.module.css";

interface FineTuneCardProps { tune: FineTune; shelf: readonly ShelfItem[]; onCheck(item: ShelfItem): void }
type Open = { readonly is: "add" | "rename" | "schema" | "remove" | "history" } | { readonly is: "promote"; readonly version: FineTuneVersion };

export function FineTuneCard({ tune, shelf, onCheck }: FineTuneCardProps) {
  const engine = useEngine();
  const toasts = useToasts();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const before = previousDefault(tune);
  const rollBack = () => { engine.models.fineTunes.rollback({ id: tune.id }).then(() => toasts.show({ title: `${tune.name} answers with version ${before?.number ?? ""} again` }), (error: unknown) => toasts.fail(error, "It could not be rolled back")); };
  return (
    <article className={css.tune} aria-label={tune.name} data-tune={tune.id}>
      <header className={css.tuneHead}>
        <div><h3>{tune.name}</h3><p className={css.quiet}>{tune.kind === "adapter" ? "Adapter" : "Merged model"} · {plural(tune.versions.length, "version")}{tune.jsonSchema ? ` · JSON schema, ${tune.jsonSchemaUse === "enforce" ? "enforced" : "checked"}` : ""}</p></div>
        {before ? <Button size="s" icon={<Undo2 />} onClick={rollBack}>Roll back to version {before.number}</Button> : null}
        <Button size="s" icon={<Plus />} onClick={() => setOpen({ is: "add" })}>Add a version</Button>
        <Menu trigger={<IconButton label={`Actions for ${tune.name}`} size="s"><Ellipsis /></IconButton>}>
          <MenuItem icon={<Pencil />} onSelect={() => setOpen({ is: "rename" })}>Rename…</MenuItem>
          <MenuItem icon={<Braces />} onSelect={() => setOpen({ is: "schema" })}>JSON schema…</MenuItem>
          <MenuSeparator />
          <MenuItem icon={<Trash2 />} danger onSelect={() => setOpen({ is: "remove" })}>Remove…</MenuItem>
        </Menu>
      </header>
      <ul className={css.versions} aria-label="Versions">
        {[...tune.versions].reverse().map((version) => <li key={version.id}><VersionRow tune={tune} version={version} shelf={shelf} onPromote={() => setOpen({ is: "promote", version })} onCheck={onCheck} /></li>)}
      </ul>
      <button type="button" className={css.fold} aria-expanded={open?.is === "history"} onClick={() => setOpen(open?.is === "history" ? undefined : { is: "history" })}><History aria-hidden />History</button>
      {open?.is === "history" ? <ol className={css.history} aria-label="History">{tune.history.map((change) => <li key={`${change.when}${change.kind}${change.number}`}><span className={css.quiet}>{dateTime(change.when)}</span><span>{promotionWords(change)}{change.kind === "promoted-anyway" ? <> <Badge tone="warn">Anyway</Badge></> : null}</span></li>)}</ol> : null}
      {open?.is === "add" ? <TuneDialog shelf={shelf} tune={tune} onClose={close} /> : null}
      {open?.is === "rename" ? <RenameTune tune={tune} onClose={close} /> : null}
      {open?.is === "schema" ? <TuneSchema tune={tune} onClose={close} /> : null}
      {open?.is === "promote" ? <PromoteDialog tune={tune} version={open.version} onClose={close} /> : null}
      <AlertDialog open={open?.is === "remove"} onOpenChange={close} title={`Remove “${tune.name}”?`} confirm="Remove" description="Its versions, notes and history are forgotten. The files stay on the shelf."
        onConfirm={() => { engine.models.fineTunes.remove({ id: tune.id }).then(() => toasts.show({ title: `“${tune.name}” removed` }), (error: unknown) => toasts.fail(error)); }} />
    </article>
  );
}
