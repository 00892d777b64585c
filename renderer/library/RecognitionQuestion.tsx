import { ScanText } from "lucide-react";
import type { MouseEvent } from "react";
import type { Document } from "../../engine/contract/index.ts";
import { duration, plural } from "../app/words.ts";
import { Button, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import css from "./drawer.module.css";

/** Where a document's pictures wait for a person's word: this one's alone, as the banner asks about all. */
export function RecognitionQuestion({ document }: { document: Document }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { recognition } = document;
  if (recognition?.state !== "ask") return null;
  const pages = recognition.pictures - recognition.done;
  // The buttons go with the question: without this the focus would be nowhere, and Escape would not close the drawer.
  const decide = (start: boolean) => (event: MouseEvent<HTMLButtonElement>) => {
    event.currentTarget.closest("aside")?.focus();
    engine.queue.recognise({ ids: [document.id], start }).catch((error: unknown) => toasts.fail(error));
  };
  return (
    <section className={css.asking} aria-label="Text recognition of this document">
      <h3><ScanText aria-hidden />{plural(pages, "page")} {pages === 1 ? "is a picture" : "are pictures"} of text</h3>
      <p>What stands in {pages === 1 ? "it" : "them"} is found only once it is recognised.{recognition.secondsPerPicture === undefined ? "" : ` That takes about ${duration(pages * recognition.secondsPerPicture)}.`}</p>
      <div className={css.steps}><Button size="s" variant="primary" onClick={decide(true)}>Start</Button><Button size="s" variant="ghost" onClick={decide(false)}>Skip</Button></div>
    </section>
  );
}
