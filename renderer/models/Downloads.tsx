import { CircleAlert, DownloadCloud, Pause, Play } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Download } from "../../engine/contract/index.ts";
import { bytes, timeLeft } from "../app/words.ts";
import { Button, ProgressBar, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useLatest } from "../engine/follow.ts";
import css from "./models.module.css";

/** Downloads that are not finished, wherever on the screen one is. A finished one says so once and is on the shelf. */
export function Downloads({ onLoad }: { onLoad(modelId: string): void }) {
  const downloads = useLatest((engine, signal) => engine.models.watchDownloads(undefined, { signal }));
  useFinished(downloads, onLoad);
  const open = (downloads ?? []).filter((download) => download.state !== "done" && download.state !== "cancelled");
  if (open.length === 0) return null;
  return <ul className={css.jobs} aria-label="Downloads" data-testid="downloads">{open.map((download) => <li key={download.id} className={css.job}><DownloadRow download={download} /></li>)}</ul>;
}

function facts(download: Download): string {
  const size = `${bytes(download.receivedBytes)}${download.totalBytes ? ` of ${bytes(download.totalBytes)}` : ""}`;
  if (download.state === "checking") return "Checking its SHA-256";
  if (download.state !== "running") return `Stopped at ${size}`;
  return [size, download.bytesPerSecond > 0 ? `${bytes(download.bytesPerSecond)}/s` : "", download.etaSeconds === undefined ? "" : timeLeft(download.etaSeconds)].filter(Boolean).join(" · ");
}

function DownloadRow({ download }: { download: Download }) {
  const engine = useEngine();
  const toasts = useToasts();
  const run = (call: Promise<unknown>) => { call.catch((error: unknown) => toasts.fail(error)); };
  const stopped = download.state === "paused" || download.state === "failed";
  const fraction = download.totalBytes ? download.receivedBytes / download.totalBytes : undefined;
  return (
    <>
      <div className={css.jobLine}>
        {download.state === "failed" ? <CircleAlert aria-hidden className={css.bad} /> : <DownloadCloud aria-hidden />}
        <div className={css.jobText}>
          <div className={css.jobName} title={`${download.repo}/${download.file}`}>{download.name}</div>
          {download.error ? <div className={css.jobWhy} role="alert">{download.error.reason} {download.error.next}</div> : null}
        </div>
        <span className={css.jobFacts}>{facts(download)}</span>
        {stopped ? <Button size="s" variant="ghost" icon={<Play />} onClick={() => run(engine.models.resumeDownload({ id: download.id }))}>{download.state === "failed" ? "Try again" : "Resume"}</Button>
          : download.state === "running" ? <Button size="s" variant="ghost" icon={<Pause />} onClick={() => run(engine.models.cancelDownload({ id: download.id, keepPartial: true }))}>Pause</Button> : null}
        <Button size="s" variant="ghost" onClick={() => run(engine.models.cancelDownload({ id: download.id, keepPartial: false }))}>{stopped ? "Discard" : "Cancel"}</Button>
      </div>
      <ProgressBar label={`Download of ${download.name}`} fraction={download.state === "checking" ? undefined : (fraction ?? (stopped ? 0 : undefined))} />
    </>
  );
}

function useFinished(downloads: readonly Download[] | undefined, onLoad: (modelId: string) => void): void {
  const toasts = useToasts();
  const before = useRef(new Map<string, Download["state"]>());
  useEffect(() => {
    for (const download of downloads ?? []) {
      const was = before.current.get(download.id);
      const { modelId } = download;
      if (download.state === "done" && was !== undefined && was !== "done") toasts.show({ title: `${download.name} is on the shelf`, text: "Its hash was checked.", ...(modelId ? { action: { label: "Load", run: () => onLoad(modelId) } } : {}) });
      before.current.set(download.id, download.state);
    }
  }, [downloads, onLoad, toasts]);
}
