import { memo, useState } from "react";
import type { UserMessage } from "../../engine/contract/index.ts";
import { Check, ChevronLeft, ChevronRight, Copy, Pencil } from "lucide-react";
import { Button, IconButton } from "../design/index.ts";
import { useCopy } from "../markdown/copy.ts";
import { useAutosize } from "./autosize.ts";
import css from "./Message.module.css";

export interface Versions { readonly at: number; readonly ids: readonly string[]; go(id: string): void }

/** ‹ 2/3 ›: the versions of a message that was edited or answered again. */
export function VersionSwitch({ versions, what }: { versions: Versions; what: string }) {
  const { at, ids, go } = versions;
  if (ids.length < 2) return null;
  const to = (index: number) => { const id = ids[index]; if (id !== undefined) go(id); };
  return (
    <span className={css.versions} role="group" aria-label={`Versions of this ${what}`}>
      <IconButton size="s" label={`Previous ${what}`} disabled={at <= 0} onClick={() => to(at - 1)}><ChevronLeft /></IconButton>
      <span className={css.versionText}>{at + 1}/{ids.length}</span>
      <IconButton size="s" label={`Next ${what}`} disabled={at >= ids.length - 1} onClick={() => to(at + 1)}><ChevronRight /></IconButton>
    </span>
  );
}

interface UserProps { message: UserMessage; versions: Versions; editing: boolean; onEdit(): void; onCancel(): void; onSubmit(text: string): void; busy: boolean }

export const UserBubble = memo(function UserBubble({ message, versions, editing, onEdit, onCancel, onSubmit, busy }: UserProps) {
  const { copied, copy } = useCopy();
  if (editing) return <div className={css.user}><EditBox text={message.text} onCancel={onCancel} onSubmit={onSubmit} /></div>;
  return (
    <div className={css.user} data-message={message.id} data-role="user">
      <div className={css.bubble}>{message.text}</div>
      <div className={css.userActions}>
        <span className={css.onHover}>
          <IconButton size="s" label={copied ? "Copied" : "Copy question"} onClick={() => copy(message.text)}>{copied ? <Check /> : <Copy />}</IconButton>
          <IconButton size="s" label="Edit question" disabled={busy} onClick={onEdit}><Pencil /></IconButton>
        </span>
        <VersionSwitch versions={versions} what="question" />
      </div>
    </div>
  );
});

function EditBox({ text, onCancel, onSubmit }: { text: string; onCancel(): void; onSubmit(text: string): void }) {
  const [value, setValue] = useState(text);
  const box = useAutosize(value, 320);
  const send = () => { if (value.trim()) onSubmit(value.trim()); };
  return (
    <div className={css.edit}>
      <textarea ref={box} autoFocus aria-label="Edit question" value={value} onChange={(event) => setValue(event.target.value)} onFocus={(event) => event.target.setSelectionRange(value.length, value.length)}
        onKeyDown={(event) => {
          if (event.key === "Escape") { event.stopPropagation(); onCancel(); }
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send(); }
        }} />
      <div className={css.editActions}>
        <span className={css.editHint}>Asks again on a new branch; the first version stays.</span>
        <Button size="s" onClick={onCancel}>Cancel</Button>
        <Button size="s" variant="primary" disabled={!value.trim()} onClick={send}>Ask</Button>
      </div>
    </div>
  );
}

