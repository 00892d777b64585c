import { Copy, FolderOpen, Info, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import type { SystemStatus } from "../../engine/contract/index.ts";
import { hrefOf } from "../app/route.ts";
import { bytes, count, dateTime, plural } from "../app/words.ts";
import { Badge, ErrorState, IconButton, Spinner, useToasts, type Tone } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import { shell } from "../engine/shell.ts";
import { Group } from "./Row.tsx";
import css from "./settings.module.css";

const hostWords: Record<SystemStatus["host"], string> = { electron: "Desktop window", serve: "Browser, served by lorekeep serve", cli: "Terminal", test: "Test" };
const workerWords: Record<string, string> = { reader: "Reads documents", ocr: "Recognises text in pictures", embedder: "Turns text into vectors", ranker: "Sorts found passages again", generator: "Runs the chat model", tuner: "Converts and merges fine-tunes" };
const stateTone: Record<SystemStatus["workers"][number]["state"], Tone> = { ready: "good", starting: "accent", stopped: "neutral" };

/** What is running, where it keeps things, and how it has been. Asked again every few seconds while it is in sight. */
export function AboutSection() {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: status, error, refetch } = useEngineQuery(["notices", "status"], (client, signal) => client.system.status(undefined, { signal }), { refetchInterval: 4000, refetchOnMount: "always" });
  if (error && !status) return <ErrorState error={error} title="The engine did not tell" onRetry={() => void refetch()} />;
  if (!status) return <div className={css.loading}><Spinner label="Asking the engine" /></div>;
  const copy = () => { navigator.clipboard.writeText(status.workspace).then(() => toasts.show({ title: "Copied" }), (caught: unknown) => toasts.fail(caught)); };
  const dismiss = (id: string) => { engine.system.dismissNotice({ id }).catch((caught: unknown) => toasts.fail(caught)); };
  return (
    <>
      {status.notices.length > 0 ? <ul className={css.notices} aria-label="Notices">{status.notices.map((notice) => <li key={notice.id} data-level={notice.level}>{notice.level === "warning" ? <TriangleAlert aria-label="Warning" /> : <Info aria-label="Notice" />}<div><p>{notice.text}</p><time dateTime={notice.time}>{dateTime(notice.time)}</time></div><IconButton label="Dismiss" size="s" onClick={() => dismiss(notice.id)}><X /></IconButton></li>)}</ul> : null}
      <Group>
        <Fact name="Version">Lorekeep {status.version}</Fact>
        <Fact name="Help"><a href={hrefOf("guide")}>User guide</a></Fact>
        <Fact name="Workspace"><span className={css.path}><span>{status.workspace}</span><IconButton label="Copy path" size="s" onClick={copy}><Copy /></IconButton>{shell() ? <IconButton label="Show in its folder" size="s" onClick={() => void shell()?.revealInFolder(status.workspace)}><FolderOpen /></IconButton> : null}</span></Fact>
        <Fact name="Runs in">{hostWords[status.host]}</Fact>
        <Fact name="Machine">{status.platform}, {plural(status.cores, "core")}, {bytes(status.memory.freeBytes)} of {bytes(status.memory.totalBytes)} memory free</Fact>
        <Fact name="Node">{status.node.replace(/^v?/, "")}</Fact>
      </Group>
      <Group title="Index">
        <Fact name="Documents">{count(status.documents)}, of which {count(status.indexed)} indexed and {count(status.failed)} failed</Fact>
        <Fact name="Passages">{count(status.passages)}</Fact>
        <Fact name="Size on disk">{bytes(status.indexBytes)}</Fact>
        <Fact name="Embedder">{status.embedder.name}, {status.embedder.dimensions} dimensions<span className={css.hint}>{status.embedder.identity}</span></Fact>
      </Group>
      <Group title="Workers" text="What parses files or runs models does so in a process of its own. If one dies, the rest goes on and it is started again.">
        {status.workers.map((worker, index) => (
          <Fact key={index} name={<span className={css.worker}>{nameOf(status.workers, index)}<span className={css.hint}>{workerWords[worker.name] ?? ""}</span></span>}>
            <span className={css.workerState}><Badge tone={stateTone[worker.state]}>{worker.state === "stopped" ? "At rest" : worker.state === "starting" ? "Starting" : "Ready"}</Badge>{worker.pid === undefined ? null : <span className={css.hint}>process {worker.pid}</span>}{worker.restarts > 0 ? <span className={css.hint}>{plural(worker.restarts, "restart")}</span> : null}</span>
            {worker.lastDeath ? <span className={css.death}>Last ended: {worker.lastDeath}</span> : null}
          </Fact>
        ))}
      </Group>
    </>
  );
}

/** Readers may be several: they are numbered. */
function nameOf(workers: SystemStatus["workers"], index: number): string {
  const name = workers[index]?.name ?? "";
  const shown = name === "ocr" ? "OCR" : name;
  const alike = workers.filter((worker) => worker.name === name).length;
  return alike > 1 ? `${shown} ${workers.slice(0, index + 1).filter((worker) => worker.name === name).length}` : shown;
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return <div className={css.fact}><div className={css.factName}>{name}</div><div className={css.factValue}>{children}</div></div>;
}
