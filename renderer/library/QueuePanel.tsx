import { ChevronDown, ChevronRight, Pause, Play, RotateCcw, X } from "lucide-react";
import { useState } from "react";
import type { QueueProgress } from "../../engine/contract/index.ts";
import { count, plural, timeLeft } from "../app/words.ts";
import { AlertDialog, Button, IconButton, ProgressBar, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useLatest } from "../engine/follow.ts";
import css from "./queue.module.css";

const stepWords = { reading: "Reading", embedding: "Indexing", recognising: "Recognising text in" } as const;

/** Above the table while there is work, and afterwards while something failed: what is done, what is going on, and the way to stop it. */
export function QueuePanel({ onShowFailed }: { onShowFailed(): void }) {
  const queue = useLatest((engine, signal) => engine.queue.watch(undefined, { signal }));
  const [dismissed, setDismissed] = useState<string>();
  if (!queue) return null;
  const open = queue.waiting + queue.active + queue.current.length > 0;
  const run = `${queue.done}/${queue.failed}`;
  if (!open && (queue.failed === 0 || dismissed === run)) return queue.paused ? <Paused /> : null;
  return open ? <Working queue={queue} /> : <Finished queue={queue} onShowFailed={onShowFailed} onDismiss={() => setDismissed(run)} />;
}

/** What is going on, in one line. */
function headline(queue: QueueProgress): string {
  if (queue.paused) return queue.active > 0 ? "Pausing after the document being read" : "Paused";
  const [first] = queue.current;
  if (!first) return "Getting ready";
  const percent = first.fraction > 0 && first.fraction < 1 ? `, ${Math.round(first.fraction * 100)} %` : "";
  return `${stepWords[first.step]} ${first.name}${percent}`;
}

function Working({ queue }: { queue: QueueProgress }) {
  const { act, cancelAll } = useQueueActions();
  const [more, setMore] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const finished = queue.done + queue.failed;
  const total = finished + queue.waiting + queue.active;
  const partly = queue.current.reduce((sum, item) => sum + item.fraction * 0.9, 0);
  const pictures = queue.recognition?.waiting;
  const onlyPictures = queue.waiting + queue.active === 0 && pictures !== undefined;
  const facts = [
    onlyPictures ? `${plural(pictures.pictures, "page")} to recognise, ${timeLeft(pictures.seconds)}` : `${count(finished)} of ${count(total)}`,
    queue.failed > 0 ? `${count(queue.failed)} failed` : "",
    !queue.paused && queue.passagesPerSecond > 0 ? `${count(Math.round(queue.passagesPerSecond))} passages/s` : "",
    !queue.paused && queue.etaSeconds !== undefined ? timeLeft(queue.etaSeconds) : "",
  ].filter(Boolean);
  return (
    <section className={css.panel} aria-label="Indexing" data-testid="queue">
      <div className={css.line}>
        <IconButton label={more ? "Hide what is being read" : "Show what is being read"} size="s" aria-expanded={more} onClick={() => setMore(!more)} disabled={queue.current.length === 0}>{more ? <ChevronDown /> : <ChevronRight />}</IconButton>
        <span className={css.headline} title={headline(queue)}>{headline(queue)}</span>
        <span className={css.facts}>{facts.join(" · ")}</span>
        <Button size="s" variant="ghost" icon={queue.paused ? <Play /> : <Pause />} onClick={() => act(queue.paused ? "resume" : "pause")}>{queue.paused ? "Resume" : "Pause"}</Button>
        <Button size="s" variant="ghost" icon={<X />} onClick={() => setConfirming(true)}>Cancel all</Button>
      </div>
      <ProgressBar label="Documents indexed" fraction={total === 0 ? 0 : Math.min(1, (finished + partly) / total)} />
      {more ? (
        <ul className={css.current}>
          {queue.current.map((item) => (
            <li key={item.documentId}><span className={css.currentStep}>{stepWords[item.step]}</span><span className={css.currentName} title={item.name}>{item.name}</span><ProgressBar className={css.currentBar} label={item.name} fraction={item.fraction} /></li>
          ))}
          {queue.waiting > 0 ? <li className={css.waiting}>{plural(queue.waiting, "more document")} waiting</li> : null}
        </ul>
      ) : null}
      <AlertDialog open={confirming} onOpenChange={setConfirming} title="Cancel everything that is waiting?" confirm="Cancel all" onConfirm={cancelAll}
        description={`${plural(queue.waiting + queue.active, "document")} will not be read. What is indexed already stays, and you can retry the rest later.`} />
    </section>
  );
}

function Finished({ queue, onShowFailed, onDismiss }: { queue: QueueProgress; onShowFailed(): void; onDismiss(): void }) {
  const { retryFailed } = useQueueActions();
  return (
    <section className={css.panel} aria-label="Indexing" data-testid="queue">
      <div className={css.line}>
        <span className={css.headline}>{queue.done > 0 ? `${plural(queue.done, "document")} indexed, ` : ""}{queue.failed === 1 ? "1 could not be read" : `${count(queue.failed)} could not be read`}</span>
        <Button size="s" variant="ghost" onClick={onShowFailed}>Show why</Button>
        <Button size="s" variant="ghost" icon={<RotateCcw />} onClick={retryFailed}>Retry failed</Button>
        <IconButton label="Dismiss" size="s" onClick={onDismiss}><X /></IconButton>
      </div>
    </section>
  );
}

/** A pause that outlives its queue would look like a library that never reads again. */
function Paused() {
  const { act } = useQueueActions();
  return <section className={css.panel} aria-label="Indexing"><div className={css.line}><span className={css.headline}>Indexing is paused. What you add now waits.</span><Button size="s" icon={<Play />} onClick={() => act("resume")}>Resume</Button></div></section>;
}

function useQueueActions() {
  const engine = useEngine();
  const toasts = useToasts();
  return {
    act: (what: "pause" | "resume") => { engine.queue[what]().catch((error: unknown) => toasts.fail(error)); },
    cancelAll: () => { engine.queue.cancel({}).then(({ cancelled }) => toasts.show({ title: `${plural(cancelled, "document")} taken out of the queue` }), (error: unknown) => toasts.fail(error)); },
    retryFailed: () => { engine.documents.retry({ allFailed: true }).then(({ queued }) => toasts.show({ title: `${plural(queued, "document")} will be tried again` }), (error: unknown) => toasts.fail(error)); },
  };
}
