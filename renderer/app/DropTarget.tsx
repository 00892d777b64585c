import { FolderInput, Lock } from "lucide-react";
import { useEffect, useState, type DragEvent } from "react";
import { cx, useToasts } from "../design/index.ts";
import { readDrop } from "../engine/files.ts";
import { useCollections } from "../engine/queries.ts";
import { useAdding } from "./adding.ts";
import css from "./App.module.css";

const hasFiles = (event: { dataTransfer: DataTransfer | null }): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** A screen that takes drops itself (design/DropZone) is left to do so. */
const takenCareOf = (event: { target: EventTarget | null }): boolean => event.target instanceof Element && event.target.closest("[data-drop-zone]") !== null;

/** Files may be dropped anywhere. While they hover, the collections show as places to drop them on. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  const [place, setPlace] = useState<string>();
  const { data: collections = [] } = useCollections();
  const { add } = useAdding();
  const toasts = useToasts();

  useEffect(() => {
    let depth = 0;
    const enter = (event: globalThis.DragEvent) => { if (!hasFiles(event) || takenCareOf(event)) return; depth++; setOver(true); };
    const leave = (event: globalThis.DragEvent) => { if (!hasFiles(event) || takenCareOf(event)) return; depth = Math.max(0, depth - 1); if (depth === 0) setOver(false); };
    // Without this the browser would leave the page and open the file.
    const hold = (event: globalThis.DragEvent) => { if (hasFiles(event)) event.preventDefault(); };
    const end = (event: globalThis.DragEvent) => { depth = 0; setOver(false); if (hasFiles(event)) event.preventDefault(); };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", hold);
    window.addEventListener("drop", end);
    return () => { window.removeEventListener("dragenter", enter); window.removeEventListener("dragleave", leave); window.removeEventListener("dragover", hold); window.removeEventListener("drop", end); };
  }, []);

  const drop = (event: DragEvent, collectionId: string | undefined) => {
    // The card below the collection's tile gets the same event.
    if (event.defaultPrevented) return;
    event.preventDefault();
    setOver(false);
    setPlace(undefined);
    void readDrop(event.dataTransfer).then((dropped) => add(dropped, { collectionId }), (error: unknown) => toasts.fail(error, "What was dropped could not be read"));
  };
  if (!over) return null;
  return (
    <div className={css.drop} data-drop="" onDragOver={(event) => event.preventDefault()} onDrop={(event) => drop(event, undefined)}>
      <div className={css.dropCard}>
        <FolderInput aria-hidden />
        <h2>Drop to add</h2>
        <p>Anywhere, or onto the collection it belongs to.</p>
        <div className={css.dropPlaces}>
          {collections.slice(0, 8).map((collection) => (
            <div key={collection.id} className={cx(css.dropPlace, place === collection.id && css.dropPlaceOn)} onDragOver={(event) => { event.preventDefault(); setPlace(collection.id); }} onDragLeave={() => setPlace(undefined)} onDrop={(event) => drop(event, collection.id)}>
              {collection.private ? <Lock aria-label="Private" /> : null}{collection.name}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
