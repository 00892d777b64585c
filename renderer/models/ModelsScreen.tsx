import { Combine, FileCog, FileInput, Wand } from "lucide-react";
import { useState } from "react";
import type { ShelfItem } from "../../engine/contract/index.ts";
import { Button, DropZone, Menu, MenuItem, TabPanel, Tabs, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { chooseFiles, type Dropped } from "../engine/files.ts";
import { useModels } from "../engine/queries.ts";
import { shell } from "../engine/shell.ts";
import { Catalogue } from "./Catalogue.tsx";
import { DownloadDialog, type Wanted } from "./DownloadDialog.tsx";
import { Downloads } from "./Downloads.tsx";
import { HealthDialog } from "./health/HealthDialog.tsx";
import { ImportDialog } from "./ImportDialog.tsx";
import { ImportList } from "./ImportList.tsx";
import { useImports } from "./imports.ts";
import { ItemDrawer } from "./item/ItemDrawer.tsx";
import { ConvertDialog } from "./make/ConvertDialog.tsx";
import { MakingList } from "./make/MakingList.tsx";
import { useMakings, type Wish } from "./make/makings.ts";
import { MergeDialog } from "./make/MergeDialog.tsx";
import { goModels, parseModelsPlace, type ModelsTab } from "./places.ts";
import { useRuntime } from "./runtime.ts";
import { Shelf } from "./Shelf.tsx";
import type { ShelfEdit } from "./ShelfCard.tsx";
import { ShelfDialogs } from "./ShelfDialogs.tsx";
import { FineTunesPanel } from "./tunes/FineTunesPanel.tsx";
import { TuneDialog } from "./tunes/TuneDialog.tsx";
import css from "./models.module.css";

const tabs = [{ value: "shelf" as const, label: "On this machine" }, { value: "fine-tunes" as const, label: "Fine-tunes" }, { value: "catalogue" as const, label: "Get models" }];
type Making = { readonly what: "convert"; readonly before?: Extract<Wish, { what: "convert" }> } | { readonly what: "merge"; readonly from?: ShelfItem; readonly before?: Extract<Wish, { what: "merge" }> };

/** The shelf: what is installed, what runs, and how more comes in or is made. */
export function ModelsScreen({ id }: { id: string | undefined }) {
  const engine = useEngine();
  const toasts = useToasts();
  const runtime = useRuntime();
  const { data: shelf = [] } = useModels();
  const { tab, itemId } = parseModelsPlace(id);
  const [importing, setImporting] = useState<string[]>();
  const [wanted, setWanted] = useState<Wanted>();
  const [edit, setEdit] = useState<{ kind: ShelfEdit; id: string }>();
  const [making, setMaking] = useState<Making>();
  const editing = edit && shelf.find((item) => item.id === edit.id);
  const done = () => setEdit(undefined);
  const imports = useImports((item, existed) => toasts.show({
    title: existed ? `${item.name} was on the shelf already` : `${item.name} is on the shelf`, ...(item.fit ? { text: item.fit.text } : {}),
    ...(item.kind === "model" && !existed ? { action: { label: "Load", run: () => runtime.load(item.id) } } : {}),
  }));
  const makings = useMakings((item) => toasts.show({ title: `${item.name} is on the shelf`, action: { label: "Check", run: () => setEdit({ kind: "check", id: item.id }) } }));
  const take = ({ paths, files }: Dropped) => {
    if (paths.length > 0) setImporting(paths);
    for (const file of files) void imports.start({ file, mode: "copy" });
  };
  const openImport = async () => { if (shell()) take(await chooseFiles({ folders: false })); else setImporting([]); };
  const act = (kind: ShelfEdit, item: ShelfItem) => {
    if (kind === "details") goModels({ tab: "shelf", itemId: item.id === itemId ? undefined : item.id });
    else if (kind === "merge") setMaking({ what: "merge", from: item });
    else if (kind === "default") engine.settings.update({ models: { defaultModelId: item.id } }).then(() => toasts.show({ title: `${item.name} is the default now` }), (caught: unknown) => toasts.fail(caught));
    else setEdit({ kind, id: item.id });
  };
  return (
    <DropZone onDropped={take} verb="Import to" target="the shelf">
      <div className={css.screen}>
        <header className={css.header}>
          <h1>Models</h1>
          <div className={css.headerActions}>
            <Menu trigger={<Button icon={<Wand />}>Convert or merge</Button>}>
              <MenuItem icon={<FileCog />} hint="What a trainer saved becomes an adapter that runs" onSelect={() => setMaking({ what: "convert" })}>Convert an adapter (PEFT folder)…</MenuItem>
              <MenuItem icon={<Combine />} hint="A model with the fine-tune inside" onSelect={() => setMaking({ what: "merge" })}>Merge adapters into a base…</MenuItem>
            </Menu>
            <Button variant="primary" icon={<FileInput />} onClick={() => void openImport()}>Import a file</Button>
          </div>
        </header>
        <Tabs<ModelsTab> label="Models" value={tab} onChange={(next) => goModels({ tab: next })} tabs={tabs}>
          <div className={css.beside}>
            <div className={css.scroll}>
              <div className={css.column}>
                <Downloads onLoad={runtime.load} />
                <ImportList imports={imports} />
                <MakingList makings={makings} onChange={(before) => setMaking(before.what === "convert" ? { what: "convert", before } : { what: "merge", before })} />
                <TabPanel value="shelf"><Shelf runtime={runtime} shownId={itemId} onImport={() => void openImport()} onEdit={act} /></TabPanel>
                <TabPanel value="fine-tunes"><FineTunesPanel shelf={shelf} onCheck={(item) => act("check", item)} /></TabPanel>
                <TabPanel value="catalogue"><Catalogue onWanted={setWanted} /></TabPanel>
              </div>
            </div>
            {tab === "shelf" && itemId ? <ItemDrawer item={shelf.find((item) => item.id === itemId)} shelf={shelf} onCheck={(item) => act("check", item)} onTune={(item) => act("tune", item)} onClose={() => goModels({ tab: "shelf" })} /> : null}
          </div>
        </Tabs>
      </div>
      {importing ? <ImportDialog paths={importing} imports={imports} onClose={() => setImporting(undefined)} /> : null}
      {wanted ? <DownloadDialog wanted={wanted} onClose={() => setWanted(undefined)} onStarted={() => setWanted(undefined)} /> : null}
      {edit?.kind === "check" && editing ? <HealthDialog key={editing.id} item={editing} onClose={done} /> : edit?.kind === "tune" && editing ? <TuneDialog item={editing} shelf={shelf} onClose={done} /> : <ShelfDialogs edit={edit && editing ? { kind: edit.kind, item: editing } : undefined} runtime={runtime} onClose={done} />}
      {making?.what === "convert" ? <ConvertDialog shelf={shelf} before={making.before} onStart={(wish) => void makings.start(wish)} onClose={() => setMaking(undefined)} /> : null}
      {making?.what === "merge" ? <MergeDialog shelf={shelf} from={making.from} before={making.before} onStart={(wish) => void makings.start(wish)} onClose={() => setMaking(undefined)} /> : null}
    </DropZone>
  );
}
