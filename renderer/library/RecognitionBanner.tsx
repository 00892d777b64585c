import { ScanText } from "lucide-react";
import { duration, plural } from "../app/words.ts";
import { Button, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useLatest } from "../engine/follow.ts";
import css from "./queue.module.css";

/** Before a large amount of text recognition: what it is, what it costs, and the person's word. */
export function RecognitionBanner() {
  const engine = useEngine();
  const toasts = useToasts();
  const queue = useLatest((client, signal) => client.queue.watch(undefined, { signal }));
  const asking = queue?.recognition?.asking;
  if (!asking || asking.documents === 0) return null;
  const decide = (start: boolean) => { engine.queue.recognise({ start }).catch((error: unknown) => toasts.fail(error)); };
  return (
    <section className={css.panel} aria-label="Text recognition">
      <div className={css.question}>
        <ScanText aria-hidden size={16} />
        <p className={css.questionWords}>
          <b>{plural(asking.pictures, "page")} of {plural(asking.documents, "document")} {asking.pictures === 1 ? "is a picture" : "are pictures"} of text.</b>{" "}
          <span>Reading {asking.pictures === 1 ? "it" : "them"} takes about {duration(asking.seconds)}.</span>
        </p>
        <Button size="s" variant="primary" onClick={() => decide(true)}>Start</Button>
        <Button size="s" variant="ghost" onClick={() => decide(false)}>Skip</Button>
      </div>
    </section>
  );
}
