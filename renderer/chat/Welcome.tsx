import { ArrowUpRight, FolderPlus, FilePlus2, FolderInput } from "lucide-react";
import { useAdding } from "../app/adding.ts";
import { plural } from "../app/words.ts";
import { Button, ProgressBar } from "../design/index.ts";
import { useLatest } from "../engine/follow.ts";
import { useDocumentCounts } from "../engine/queries.ts";
import { useSuggestions } from "./suggestions.ts";
import css from "./Welcome.module.css";

/** The start of a conversation. Without documents it teaches by doing: drop a folder, watch it being read, ask the first question. */
export function Welcome({ onAsk }: { onAsk(text: string): void }) {
  const { data: counts } = useDocumentCounts();
  const queue = useLatest((engine, signal) => engine.queue.watch(undefined, { signal }));
  if (!counts) return null;
  const reading = queue !== undefined && queue.waiting + queue.active > 0;
  if (counts.indexed === 0 && !reading) return <FirstRun failed={counts.failed} />;
  const total = queue ? queue.waiting + queue.active + queue.done + queue.failed : 0;
  return (
    <div className={css.welcome}>
      <h1 className={css.title}>{counts.indexed === 0 ? "Reading your documents" : "What would you like to know?"}</h1>
      <p className={css.text}>{counts.indexed === 0 ? "The first ones can be asked about in a moment." : `${plural(counts.indexed, "document")} ready to answer from. Nothing leaves this machine.`}</p>
      {reading && queue ? (
        <div className={css.reading}>
          <ProgressBar label="Reading documents" fraction={total > 0 ? (queue.done + queue.failed) / total : undefined} />
          <span>{queue.paused ? "Paused" : queue.current[0] ? `${queue.current[0].step === "reading" ? "Reading" : "Indexing"} ${queue.current[0].name}` : "Waiting"}</span>
        </div>
      ) : null}
      {counts.indexed > 0 ? <Suggestions onAsk={onAsk} /> : null}
    </div>
  );
}

function FirstRun({ failed }: { failed: number }) {
  const { choose } = useAdding();
  return (
    <div className={css.welcome}>
      <div className={css.dropZone}>
        <FolderInput aria-hidden />
        <h1 className={css.title}>Drop a folder here</h1>
        <p className={css.text}>Lorekeep reads it on this machine, then answers questions about it and shows you the very words each answer rests on.</p>
        <div className={css.buttons}>
          <Button variant="primary" icon={<FolderPlus />} onClick={() => choose({ folders: true })}>Choose a folder</Button>
          <Button icon={<FilePlus2 />} onClick={() => choose({ folders: false })}>Choose files</Button>
        </div>
        <p className={css.formats}>PDF, Word, PowerPoint, Excel, web pages, Markdown, e-mail, e-books, notebooks, code and more</p>
        {failed > 0 ? <p className={css.text}>{plural(failed, "document")} could not be read. <a href="#/library">See why</a></p> : null}
      </div>
    </div>
  );
}

function Suggestions({ onAsk }: { onAsk(text: string): void }) {
  const { data: suggestions = [] } = useSuggestions();
  if (suggestions.length === 0) return null;
  return (
    <ul className={css.suggestions} aria-label="Questions to begin with">
      {suggestions.map((text) => <li key={text}><button type="button" className={css.suggestion} onClick={() => onAsk(text)}><span>{text}</span><ArrowUpRight aria-hidden /></button></li>)}
    </ul>
  );
}
