import { Download } from "lucide-react";
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { readDrop, type Dropped } from "../engine/files.ts";
import { useToasts } from "./Toast.tsx";
import css from "./DropZone.module.css";

interface DropZoneProps { onDropped(dropped: Dropped): void; /** What is added to, for the words shown while something hovers. */ target: string; verb?: string; children: ReactNode }

/** Takes files and folders dropped anywhere on the screen. Drags that began inside the app are not its business. */
export function DropZone({ onDropped, target, verb = "Add to", children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  // Entering a child fires before leaving its parent; the count tells the two apart from leaving the window.
  const depth = useRef(0);
  const toasts = useToasts();
  const files = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    <div className={css.drop} data-drop-zone data-over={over}
      onDragEnter={(event) => { if (files(event)) { depth.current++; setOver(true); } }}
      onDragOver={(event) => { if (files(event)) { event.preventDefault(); event.dataTransfer.dropEffect = "copy"; } }}
      onDragLeave={(event) => { if (files(event) && --depth.current <= 0) { depth.current = 0; setOver(false); } }}
      onDrop={(event) => { if (!files(event)) return; event.preventDefault(); depth.current = 0; setOver(false); void readDrop(event.dataTransfer).then(onDropped, (error: unknown) => toasts.fail(error, "What was dropped could not be read")); }}>
      {children}
      {over ? <div className={css.dropHint} aria-hidden><div><Download />{verb} {target}</div></div> : null}
    </div>
  );
}
