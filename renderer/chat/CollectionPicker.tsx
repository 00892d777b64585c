import { FolderOpen, Lock, LockOpen } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import type { AnswerOptions } from "../../engine/contract/index.ts";
import { plural } from "../app/words.ts";
import { cx, Picker, Switch, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useCollections } from "../engine/queries.ts";
import { useConversation } from "./conversation.ts";
import { defined, toggled } from "./options.ts";
import css from "./Composer.module.css";

interface Props { options: AnswerOptions; onChange(patch: Partial<AnswerOptions>): void; conversationId: string | undefined }

/** Which documents may be looked at. Nothing chosen: all that are not private. */
export function CollectionPicker({ options, onChange, conversationId }: Props) {
  const { data: collections = [] } = useCollections();
  const chosen = options.filter.collectionIds ?? [];
  const names = collections.filter((collection) => chosen.includes(collection.id)).map((collection) => collection.name);
  const label = names.length === 0 ? "All" : names.length === 1 ? names[0] : `${names.length} collections`;
  return (
    <Picker label="Collections to answer from" multiple align="end" side="top" placeholder="Search collections" selected={chosen}
      options={collections.map((collection) => ({ value: collection.id, label: collection.name, hint: `${plural(collection.documents, "document")}${collection.private ? " · private" : ""}`, icon: collection.private ? <Lock aria-label="Private" /> : undefined }))}
      onToggle={(id) => { const next = toggled(chosen, id); onChange({ filter: defined<AnswerOptions["filter"]>({ ...options.filter, collectionIds: next.length > 0 ? next : undefined }) }); }}
      empty="There is no such collection."
      footer={<Unlock conversationId={conversationId} anyPrivate={collections.some((collection) => collection.private)} />}
      trigger={<button type="button" className={cx(css.choice, chosen.length > 0 && css.choiceSet)} aria-label={`Collections: ${names.length === 0 ? "all documents" : label}`}><FolderOpen aria-hidden /><span>{label}</span></button>} />
  );
}

/** Private documents stay out of answers until a person lets them into this one conversation. */
function Unlock({ conversationId, anyPrivate }: { conversationId: string | undefined; anyPrivate: boolean }) {
  const engine = useEngine();
  const queries = useQueryClient();
  const toasts = useToasts();
  const { data: conversation } = useConversation(conversationId);
  if (!anyPrivate) return null;
  if (!conversation) return <div className={css.pickerFoot}><p>Private documents can be let in once the conversation has begun.</p></div>;
  const set = (unlocked: boolean) => {
    engine.conversations.update({ id: conversation.id, unlocked }).then(() => queries.invalidateQueries({ queryKey: ["conversations", "get", conversation.id] }), (error: unknown) => toasts.fail(error));
  };
  return (
    <div className={css.pickerFoot}>
      <Switch label={<>{conversation.unlocked ? <LockOpen size={14} aria-hidden /> : <Lock size={14} aria-hidden />} Let private documents in</>} hint="For this conversation only." checked={conversation.unlocked} onChange={set} />
    </div>
  );
}
