import { ArrowDownWideNarrow, Box, FileInput, Layers, PackageOpen } from "lucide-react";
import { useState } from "react";
import type { ShelfItem } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { plural } from "../app/words.ts";
import { Button, DropZone, EmptyState, ErrorState, TabPanel, Tabs, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { chooseFiles, type Dropped } from "../engine/files.ts";
import { useModels, useSettings } from "../engine/queries.ts";
import { shell } from "../engine/shell.ts";
import { Catalogue } from "./Catalogue.tsx";
import { DownloadDialog, type Wanted } from "./DownloadDialog.tsx";
import { Downloads } from "./Downloads.tsx";
import { ImportDialog } from "./ImportDialog.tsx";
import { ImportList } from "./ImportList.tsx";
import { useImports } from "./imports.ts";
import { RuntimePanel } from "./RuntimePanel.tsx";
import { useRuntime, type Runtime } from "./runtime.ts";
import { ShelfCard, type ShelfEdit } from "./ShelfCard.tsx";
import { ShelfDialogs } from "./ShelfDialogs.tsx";
import css from "./models.module.css";

type Tab = "shelf" | "catalogue";

/** The shelf: what is installed, what runs, and how more comes in. The route's id is the tab. */
export function ModelsScreen({ id }: { id: string | undefined }) {
  const toasts = useToasts();
  const runtime = useRuntime();
  const tab: Tab = id === "catalogue" ? "catalogue" : "shelf";
  const [importing, setImporting] = useState<string[]>();
  const [wanted, setWanted] = useState<Wanted>();
  const imports = useImports((item, existed) => toasts.show({
    title: existed ? `${item.name} was on the shelf already` : `${item.name} is on the shelf`, ...(item.fit ? { text: item.fit.text } : {}),
    ...(item.kind === "model" && !existed ? { action: { label: "Load", run: () => runtime.load(item.id) } } : {}),
  }));
  const take = ({ paths, files }: Dropped) => {
    if (paths.length > 0) setImporting(paths);
    for (const file of files) void imports.start({ file, mode: "copy" });
  };
  const openImport = async () => { if (shell()) take(await chooseFiles({ folders: false })); else setImporting([]); };
  return (
    <DropZone onDropped={take} verb="Import to" target="the shelf">
      <div className={css.screen}>
        <header className={css.header}><h1>Models</h1><Button variant="primary" icon={<FileInput />} onClick={() => void openImport()}>Import a file</Button></header>
        <Tabs<Tab> label="Models" value={tab} onChange={(next) => go("models", next === "shelf" ? undefined : next)} tabs={[{ value: "shelf", label: "On this machine" }, { value: "catalogue", label: "Get models" }]}>
          <div className={css.scroll}>
            <div className={css.column}>
              <Downloads onLoad={runtime.load} />
              <ImportList imports={imports} />
              <TabPanel value="shelf"><Shelf runtime={runtime} onImport={() => void openImport()} /></TabPanel>
              <TabPanel value="catalogue"><Catalogue onWanted={setWanted} /></TabPanel>
            </div>
          </div>
        </Tabs>
      </div>
      {importing ? <ImportDialog paths={importing} imports={imports} onClose={() => setImporting(undefined)} /> : null}
      {wanted ? <DownloadDialog wanted={wanted} onClose={() => setWanted(undefined)} onStarted={() => setWanted(undefined)} /> : null}
    </DropZone>
  );
}

function Shelf({ runtime, onImport }: { runtime: Runtime; onImport(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const { data: items, error, refetch } = useModels();
  const { data: settings } = useSettings();
  const [edit, setEdit] = useState<{ kind: ShelfEdit; item: ShelfItem }>();
  if (error) return <ErrorState error={error} title="The shelf could not be read" onRetry={() => void refetch()} />;
  if (!items) return null;
  const models = items.filter((item) => item.kind === "model");
  const adapters = items.filter((item) => item.kind === "adapter");
  const rerankers = items.filter((item) => item.kind === "reranker");
  const defaultId = settings?.models.defaultModelId;
  const makeDefault = (item: ShelfItem) => { engine.settings.update({ models: { defaultModelId: item.id } }).then(() => toasts.show({ title: `${item.name} is the default now` }), (caught: unknown) => toasts.fail(caught)); };
  if (items.length === 0) {
    return (
      <EmptyState icon={<PackageOpen />} title="No models yet" actions={<><Button variant="primary" onClick={() => go("models", "catalogue")}>Choose from the catalogue</Button><Button onClick={onImport}>Import a file</Button></>}>
        Quotes work without one: the best passages, word for word. To have answers written, add a GGUF model, or drop one here.
      </EmptyState>
    );
  }
  const card = (item: ShelfItem) => <li key={item.id}><ShelfCard item={item} runtime={runtime} isDefault={item.id === defaultId} onDefault={makeDefault} onEdit={(kind, of) => setEdit({ kind, item: of })} /></li>;
  return (
    <div className={css.stack}>
      <RuntimePanel runtime={runtime} models={models} defaultId={defaultId ?? models[0]?.id} />
      <section aria-label="Models"><h2 className={css.group}><Box aria-hidden />{plural(models.length, "model")}</h2>{models.length === 0 ? <p className={css.note}>Adapters need a base model to work on.</p> : <ul className={css.list}>{models.map(card)}</ul>}</section>
      <section aria-label="Adapters"><h2 className={css.group}><Layers aria-hidden />{plural(adapters.length, "adapter")}</h2>{adapters.length === 0 ? <p className={css.note}>LoRA adapters change how a model answers: its format, its tone, its vocabulary. Import one as GGUF.</p> : <ul className={css.list}>{adapters.map(card)}</ul>}</section>
      {rerankers.length > 0 ? <section aria-label="Rerankers"><h2 className={css.group}><ArrowDownWideNarrow aria-hidden />{plural(rerankers.length, "reranker")}</h2><ul className={css.list}>{rerankers.map(card)}</ul></section> : null}
      <ShelfDialogs edit={edit} runtime={runtime} onClose={() => setEdit(undefined)} />
    </div>
  );
}
