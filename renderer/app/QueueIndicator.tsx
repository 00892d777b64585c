import { Pause } from "lucide-react";
import { Tooltip } from "../design/index.ts";
import { useLatest } from "../engine/follow.ts";
import { hrefOf } from "./route.ts";
import { duration } from "./words.ts";
import css from "./App.module.css";

/** A small ring while documents are being read; nothing when there is nothing to do. */
export function QueueIndicator() {
  const queue = useLatest((engine, signal) => engine.queue.watch(undefined, { signal }));
  if (!queue || queue.waiting + queue.active === 0) return null;
  const total = queue.waiting + queue.active + queue.done + queue.failed;
  const fraction = total === 0 ? 0 : (queue.done + queue.failed) / total;
  const state = queue.paused ? "Indexing is paused" : "Indexing";
  const rest = queue.etaSeconds === undefined || queue.paused ? "" : `, about ${duration(queue.etaSeconds)} left`;
  const words = `${state}: ${queue.done + queue.failed} of ${total} documents${rest}`;
  return (
    <Tooltip text={words} side="right">
      <a href={hrefOf("library")} className={css.queue} aria-label={words} data-queue-waiting={queue.waiting + queue.active}>
        <svg viewBox="0 0 36 36" aria-hidden>
          <circle cx="18" cy="18" r="15" className={css.ringBack} />
          <circle cx="18" cy="18" r="15" className={css.ring} pathLength={100} strokeDasharray={`${Math.max(3, fraction * 100)} 100`} transform="rotate(-90 18 18)" />
        </svg>
        {queue.paused ? <Pause className={css.queueIcon} aria-hidden /> : <span className={css.queueCount}>{queue.waiting + queue.active}</span>}
      </a>
    </Tooltip>
  );
}
