import { Check, Download, Link2 } from "lucide-react";
import { useState, type FormEvent } from "react";
import type { CatalogueEntry } from "../../engine/contract/index.ts";
import { Badge, Button, EmptyState, ErrorState, ExternalLink, Spinner, TextField } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import type { Wanted } from "./DownloadDialog.tsx";
import { kindWords, language } from "./words.ts";
import css from "./models.module.css";

/** Models known to work. Nothing is asked of the network before a click. */
export function Catalogue({ onWanted }: { onWanted(wanted: Wanted): void }) {
  const { data: entries, error, refetch } = useEngineQuery(["models", "catalogue"], (engine, signal) => engine.models.catalogue(undefined, { signal }));
  if (error) return <ErrorState error={error} title="The catalogue could not be read" onRetry={() => void refetch()} />;
  if (!entries) return <div className={css.asking}><Spinner label="Reading the catalogue" /></div>;
  return (
    <div className={css.stack}>
      <p className={css.lead}>Models known to work, with the licence their makers gave them. Nothing is downloaded, and no address is contacted, before you click.</p>
      {entries.length === 0 ? <EmptyState compact title="The catalogue is empty">Import a GGUF file, or download one from a repository below.</EmptyState> : <ul className={css.list}>{entries.map((entry) => <li key={entry.id}><Entry entry={entry} onWanted={onWanted} /></li>)}</ul>}
      <FromRepository onWanted={onWanted} />
    </div>
  );
}

function Entry({ entry, onWanted }: { entry: CatalogueEntry; onWanted(wanted: Wanted): void }) {
  const facts = [kindWords[entry.kind], entry.parameters, entry.languages.map(language).join(", ")].filter(Boolean).join(" · ");
  return (
    <article className={css.card} aria-label={entry.name}>
      <div className={css.cardMain}>
        <div className={css.cardText}>
          <div className={css.cardTitle}><h3>{entry.name}</h3>{entry.installed ? <Badge tone="good" icon={<Check />}>On the shelf</Badge> : null}</div>
          <p className={css.cardWords}>{entry.description}</p>
          <div className={css.cardSummary}>{facts}</div>
          <div className={css.links}><ExternalLink href={entry.licenceUrl}>{entry.licence}</ExternalLink><ExternalLink href={entry.sourceUrl}>{entry.repo}</ExternalLink><span className={css.fileName} title={entry.file}>{entry.file}</span></div>
        </div>
        {entry.installed ? null : <Button size="s" icon={<Download />} onClick={() => onWanted({ name: entry.name, catalogueId: entry.id })}>Download…</Button>}
      </div>
    </article>
  );
}

/** Any file of any repository, for people who know what they want. */
function FromRepository({ onWanted }: { onWanted(wanted: Wanted): void }) {
  const [repo, setRepo] = useState("");
  const [file, setFile] = useState("");
  const [revision, setRevision] = useState("");
  const [tried, setTried] = useState(false);
  const badRepo = /^[\w.-]+\/[\w.-]+$/.test(repo.trim()) ? undefined : "An owner and a name, like owner/name.";
  const badFile = /\.gguf$/i.test(file.trim()) ? undefined : "A file that ends in .gguf.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (badRepo || badFile) return;
    const name = file.trim().split("/").pop() ?? file.trim();
    onWanted({ name, repo: repo.trim(), file: file.trim(), ...(revision.trim() ? { revision: revision.trim() } : {}) });
  };
  return (
    <section className={css.card} aria-label="From a repository">
      <form className={css.repository} noValidate onSubmit={submit}>
        <div className={css.cardTitle}><Link2 aria-hidden /><h3>From any repository</h3></div>
        <p className={css.cardWords}>A GGUF file on the hub that is not in the list. Its licence is yours to check.</p>
        <div className={css.repositoryFields}>
          <TextField label="Repository" placeholder="owner/name" spellCheck={false} value={repo} error={tried ? badRepo : undefined} onChange={(event) => setRepo(event.target.value)} />
          <TextField label="File" placeholder="model-q4_k_m.gguf" spellCheck={false} value={file} error={tried ? badFile : undefined} onChange={(event) => setFile(event.target.value)} />
          <TextField label="Revision" placeholder="main" spellCheck={false} value={revision} onChange={(event) => setRevision(event.target.value)} />
        </div>
        <Button type="submit" icon={<Download />}>Look it up…</Button>
      </form>
    </section>
  );
}
