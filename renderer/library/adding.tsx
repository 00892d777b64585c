import { useState } from "react";
import { useEngine } from "../engine/context.tsx";
import { addDropped, chooseFiles, type Dropped } from "../engine/files.ts";
import { shell } from "../engine/shell.ts";
import { useAdding as useAddingAnything } from "../app/adding.ts";
import { useToasts } from "../design/index.ts";
import { plural } from "../app/words.ts";
import type { AddResult } from "./AddResultDialog.tsx";

/** Dialogs of adding, of which one at most is open. */
export type AddDialog = { kind: "folder"; paths: string[] } | { kind: "page" } | { kind: "result"; result: AddResult };

/** Everything that brings documents in, and the words about what came of it. `collectionId` absent: the default collection. */
export function useAdding(collectionId: string | undefined) {
  const engine = useEngine();
  const toasts = useToasts();
  const anything = useAddingAnything();
  const [dialog, setDialog] = useState<AddDialog>();
  const [uploading, setUploading] = useState<{ done: number; total: number }>();

  const told = (result: AddResult) => {
    const { added, unchanged, skipped } = result;
    const title = added.length > 0 ? `${plural(added.length, "document")} added` : unchanged > 0 ? "Nothing new" : "Nothing was added";
    const rest = [unchanged ? `${plural(unchanged, "was", "were")} already here` : "", skipped.length ? `${plural(skipped.length, "was", "were")} skipped` : ""].filter(Boolean).join(", ");
    toasts.show({
      title, text: rest ? `${rest}.` : added.length > 0 ? "They can be asked about as soon as they are indexed." : undefined,
      ...(skipped.length > 0 ? { action: { label: "Show why", run: () => setDialog({ kind: "result", result }) } } : {}),
    });
  };
  /** Resolves to whether documents came in, or were there already; what went wrong is told. */
  const add = async (all: Dropped, options: { watch?: boolean; private?: boolean; collectionId?: string | undefined } = {}): Promise<boolean> => {
    const [models, dropped] = apart(all);
    if (models.paths.length + models.files.length > 0) anything.add(models);
    if (dropped.paths.length + dropped.files.length === 0) return false;
    const target = options.collectionId ?? collectionId;
    try {
      if (dropped.paths.length === 0) setUploading({ done: 0, total: dropped.files.length });
      const result = dropped.paths.length > 0
        ? await engine.documents.add({ paths: dropped.paths, watch: options.watch ?? false, private: options.private ?? false, ...(target ? { collectionId: target } : {}) })
        : await addDropped(engine, dropped, { collectionId: target }, (done, total) => setUploading({ done, total }));
      told(result);
      return result.added.length + result.unchanged > 0;
    } catch (error) {
      toasts.fail(error, "Nothing was added");
      return false;
    } finally {
      setUploading(undefined);
    }
  };
  return {
    dialog, setDialog, uploading, add, told,
    addFiles: async () => add(await chooseFiles({ folders: false })),
    /** In the shell a folder is chosen first and asked about afterwards; in a browser the dialog offers both ways. */
    addFolder: async () => {
      if (!shell()) return setDialog({ kind: "folder", paths: [] });
      const { paths } = await chooseFiles({ folders: true });
      if (paths.length > 0) setDialog({ kind: "folder", paths });
    },
    uploadFolder: async () => add(await chooseFiles({ folders: true })),
  };
}

/** Models that were dropped among documents go to the shelf. */
function apart({ paths, files }: Dropped): [models: Dropped, documents: Dropped] {
  const isModel = (name: string) => name.toLowerCase().endsWith(".gguf");
  return [{ paths: paths.filter(isModel), files: files.filter((file) => isModel(file.name)) }, { paths: paths.filter((path) => !isModel(path)), files: files.filter((file) => !isModel(file.name)) }];
}

export type Adding = ReturnType<typeof useAdding>;
