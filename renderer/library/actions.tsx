import { useState } from "react";
import type { Collection, Document } from "../../engine/contract/index.ts";
import { plural } from "../app/words.ts";
import { go } from "../app/route.ts";
import { useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { chooseFiles } from "../engine/files.ts";
import { failureOf } from "../engine/failure.ts";
import type { Adding } from "./adding.tsx";
import { each } from "./each.ts";
import type { Step } from "./reasons.ts";

/** Dialogs about documents, of which one at most is open. */
export type ActionDialog = { kind: "remove"; ids: readonly string[]; name?: string | undefined } | { kind: "password"; documents: readonly Document[] } | { kind: "tags"; ids: readonly string[] };

interface Change { readonly doing: string; readonly said: string; run(id: string): Promise<unknown> }

/** What can be done with documents, one or many. Every outcome is said; what fails is counted and explained, the rest goes on. */
export function useDocumentActions(adding: Adding, onGone: (ids: readonly string[]) => void) {
  const engine = useEngine();
  const toasts = useToasts();
  const [dialog, setDialog] = useState<ActionDialog>();
  const [progress, setProgress] = useState<{ doing: string; done: number; total: number }>();

  const change = async (ids: readonly string[], what: Change) => {
    const { done, failures } = await each(ids, what.run, ids.length > 30 ? (count) => setProgress({ doing: what.doing, done: count, total: ids.length }) : undefined);
    setProgress(undefined);
    if (failures.length > 0) toasts.fail(failures[0], `${plural(failures.length, "document")} could not be changed`);
    else toasts.show({ title: `${plural(done, "document")} ${what.said}` });
  };
  const retry = async (ids: readonly string[]) => {
    try {
      const { queued } = await engine.documents.retry({ ids: [...ids] });
      toasts.show(queued > 0 ? { title: `${plural(queued, "document")} will be read again` } : { title: "Nothing to read again", text: "These documents are indexed and have not changed." });
    } catch (error) {
      toasts.fail(error);
    }
  };
  const remove = async (ids: readonly string[]) => {
    try {
      const { removed } = await engine.documents.remove({ ids: [...ids] });
      onGone(ids);
      toasts.show({ title: `${plural(removed, "document")} removed`, text: "The files on your disk are as they were." });
    } catch (error) {
      toasts.fail(error, "The documents could not be removed");
    }
  };
  const readIn = async ({ id, reason }: Document) => {
    const code = reason?.language;
    if (code === undefined) return go("settings", "ingest");
    try {
      await engine.languages.download({ code });
      await retry([id]);
    } catch (error) {
      toasts.fail(error, "The language could not be downloaded");
    }
  };
  const locate = async (document: Document) => {
    const chosen = await chooseFiles({ folders: false, multiple: false });
    if (chosen.paths.length + chosen.files.length === 0) return;
    // Back where it was: the same document, not another one.
    if (chosen.paths[0] === document.path) return retry([document.id]);
    // Only what came in takes the old one's place.
    if (!(await adding.add(chosen, { collectionId: document.collectionId }))) return;
    await engine.documents.remove({ ids: [document.id] }).then(() => onGone([document.id]), (error: unknown) => { if (failureOf(error).code !== "NOT_FOUND") toasts.fail(error); });
  };
  const steps: Record<Step, (document: Document) => void> = {
    password: (document) => setDialog({ kind: "password", documents: [document] }),
    retry: (document) => void retry([document.id]),
    locate: (document) => void locate(document),
    limit: () => go("settings", "ingest"),
    language: (document) => void readIn(document),
    remove: (document) => setDialog({ kind: "remove", ids: [document.id], name: document.name }),
  };
  return {
    dialog, setDialog, progress, retry, remove,
    step: (document: Document, step: Step) => steps[step](document),
    askRemove: (ids: readonly string[], name?: string) => setDialog({ kind: "remove", ids, name }),
    copyPath: ({ path }: Document) => { navigator.clipboard.writeText(path).then(() => toasts.show({ title: "Copied" }), (error: unknown) => toasts.fail(error, "The clipboard is not available here")); },
    cancel: (ids: readonly string[]) => { engine.queue.cancel({ ids: [...ids] }).catch((error: unknown) => toasts.fail(error)); },
    move: (ids: readonly string[], collection: Collection) => change(ids, { doing: "Moving", said: `moved to “${collection.name}”`, run: (id) => engine.documents.update({ id, collectionId: collection.id }) }),
    setPrivate: (ids: readonly string[], secret: boolean) => change(ids, { doing: "Changing", said: secret ? "kept out of answers" : "open to answers again", run: (id) => engine.documents.update({ id, private: secret }) }),
    addTags: (ids: readonly string[], tags: readonly string[]) => change(ids, {
      doing: "Tagging", said: "tagged",
      run: async (id) => { const now = await engine.documents.get({ id }); await engine.documents.update({ id, tags: [...new Set([...now.tags, ...tags])] }); },
    }),
  };
}

export type DocumentActions = ReturnType<typeof useDocumentActions>;
