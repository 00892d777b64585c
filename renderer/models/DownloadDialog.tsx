import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { bytes } from "../app/words.ts";
import { Badge, Button, Dialog, ErrorState, Spinner } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import { fitWords, hostOf } from "./words.ts";
import css from "./models.module.css";

/** What is to be downloaded: an entry of the catalogue, or any file of a repository. */
export interface Wanted { readonly name: string; readonly catalogueId?: string; readonly repo?: string; readonly file?: string; readonly revision?: string }

/** Asks the hub first, and shows its answer: how large, from where, does it fit. Only then a click downloads. */
export function DownloadDialog({ wanted, onClose, onStarted }: { wanted: Wanted; onClose(): void; onStarted(): void }) {
  const engine = useEngine();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const what = { ...(wanted.catalogueId ? { catalogueId: wanted.catalogueId } : {}), ...(wanted.repo ? { repo: wanted.repo } : {}), ...(wanted.file ? { file: wanted.file } : {}), ...(wanted.revision ? { revision: wanted.revision } : {}) };
  const answer = useQuery({ queryKey: ["inspect", what], gcTime: 0, retry: false, queryFn: ({ signal }) => engine.models.inspectDownload(what, { signal }) });
  const start = () => {
    setBusy(true);
    engine.models.download(what).then(onStarted, (error: unknown) => {
      const failure = failureOf(error);
      setProblem([failure.reason, failure.next].filter(Boolean).join(" "));
      setBusy(false);
    });
  };
  return (
    <Dialog open onOpenChange={onClose} title={`Download ${wanted.name}`} {...(wanted.repo ? { description: `${wanted.file ?? ""} from ${wanted.repo}` } : {})}
      footer={<><Button onClick={onClose}>Cancel</Button><Button variant="primary" disabled={!answer.data} busy={busy} onClick={start}>{answer.data ? `Download ${bytes(answer.data.sizeBytes)}` : "Download"}</Button></>}>
      {answer.isFetching ? <div className={css.asking}><Spinner label="Asking the hub" />Asking the hub about this file…</div>
        : answer.error ? <ErrorState compact error={answer.error} title="The hub did not tell" onRetry={() => void answer.refetch()} />
        : answer.data ? (
          <dl className={css.details}>
            <div><dt>Size</dt><dd>{bytes(answer.data.sizeBytes)}</dd></div>
            <div><dt>From</dt><dd title={answer.data.url}>{hostOf(answer.data.url)}</dd></div>
            {answer.data.fit ? <div><dt>This machine</dt><dd><Badge tone={fitWords[answer.data.fit.verdict][0]}>{fitWords[answer.data.fit.verdict][1]}</Badge><p className={css.note}>{answer.data.fit.text}</p></dd></div> : null}
            {answer.data.refused ? <div><dt>This machine</dt><dd><Badge tone="danger">Cannot be used</Badge><p className={css.note}>{answer.data.refused}</p></dd></div> : null}
            <div><dt>SHA-256</dt><dd>{answer.data.sha256 ? <><code>{answer.data.sha256}</code><p className={css.note}>From the hub’s own records. The file is used only if it matches.</p></> : "The hub names none for this file; what arrives is hashed and pinned."}</dd></div>
          </dl>
        ) : null}
      {problem ? <p role="alert" className={css.problem}>{problem}</p> : null}
    </Dialog>
  );
}
