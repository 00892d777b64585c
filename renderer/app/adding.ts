import { useCallback } from "react";
import { useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { addDropped, chooseFiles, upload, type AddTarget, type Dropped } from "../engine/files.ts";
import { baseName, plural } from "./words.ts";

const isModel = (name: string): boolean => name.toLowerCase().endsWith(".gguf");

/** Adds files and folders, however they came; GGUF files go to the shelf. Says in a toast what became of them. */
export function useAdding() {
  const engine = useEngine();
  const toasts = useToasts();

  const addDocuments = useCallback(async (dropped: Dropped, target: AddTarget) => {
    if (dropped.files.length > 20) toasts.show({ title: `Handing over ${plural(dropped.files.length, "file")}…` });
    const { added, unchanged, skipped } = await addDropped(engine, dropped, target);
    const notes = [unchanged > 0 ? `${plural(unchanged, "document")} already there` : "", skipped.length > 0 ? `${plural(skipped.length, "file")} left out: ${skipped[0]?.reason.message ?? ""}` : ""].filter(Boolean);
    toasts.show({ title: added.length > 0 ? `${plural(added.length, "document")} queued` : "Nothing new to read", text: notes.join(" · ") || undefined });
  }, [engine, toasts]);

  const addModel = useCallback(async (from: { path: string } | { file: File }) => {
    const input = "path" in from ? { path: from.path } : { uploadId: await upload(from.file) };
    for await (const event of await engine.models.import(input)) if (event.type === "done") toasts.show({ title: event.existed ? `“${event.item.name}” was already there` : `“${event.item.name}” is on the shelf` });
  }, [engine, toasts]);

  const add = useCallback((dropped: Dropped, target: AddTarget = {}) => {
    const run = async () => {
      for (const path of dropped.paths.filter(isModel)) await addModel({ path });
      for (const file of dropped.files.filter((candidate) => isModel(candidate.name))) await addModel({ file });
      const documents = { paths: dropped.paths.filter((path) => !isModel(path)), files: dropped.files.filter((file) => !isModel(file.name)) };
      if (documents.paths.length + documents.files.length > 0) await addDocuments(documents, target);
    };
    run().catch((error: unknown) => toasts.fail(error, `${baseName(dropped.paths[0] ?? dropped.files[0]?.name ?? "This")} could not be added`));
  }, [addDocuments, addModel, toasts]);

  const choose = useCallback((options: { folders: boolean }, target: AddTarget = {}) => {
    chooseFiles(options).then((dropped) => { if (dropped.paths.length + dropped.files.length > 0) add(dropped, target); }, (error: unknown) => toasts.fail(error));
  }, [add, toasts]);

  return { add, choose };
}
