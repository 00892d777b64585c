import { ArrowDownWideNarrow, Box, Layers, PackageOpen } from "lucide-react";
import type { ShelfItem } from "../../engine/contract/index.ts";
import { plural } from "../app/words.ts";
import { Button, EmptyState, ErrorState } from "../design/index.ts";
import { useModels, useSettings } from "../engine/queries.ts";
import { goModels } from "./places.ts";
import { RuntimePanel } from "./RuntimePanel.tsx";
import type { Runtime } from "./runtime.ts";
import { ShelfCard, type ShelfEdit } from "./ShelfCard.tsx";
import css from "./models.module.css";

interface ShelfProps { runtime: Runtime; shownId: string | undefined; onImport(): void; onEdit(edit: ShelfEdit, item: ShelfItem): void }

/** What is installed, and what runs. */
export function Shelf({ runtime, shownId, onImport, onEdit }: ShelfProps) {
  const { data: items, error, refetch } = useModels();
  const { data: settings } = useSettings();
  if (error) return <ErrorState error={error} title="The shelf could not be read" onRetry={() => void refetch()} />;
  if (!items) return null;
  if (items.length === 0) {
    return (
      <EmptyState icon={<PackageOpen />} title="No models yet" actions={<><Button variant="primary" onClick={() => goModels({ tab: "catalogue" })}>Choose from the catalogue</Button><Button onClick={onImport}>Import a file</Button></>}>
        Quotes work without one: the best passages, word for word. To have answers written, add a GGUF model, or drop one here.
      </EmptyState>
    );
  }
  const models = items.filter((item) => item.kind === "model");
  const adapters = items.filter((item) => item.kind === "adapter");
  const rerankers = items.filter((item) => item.kind === "reranker");
  const defaultId = settings?.models.defaultModelId;
  const card = (item: ShelfItem) => <li key={item.id}><ShelfCard item={item} shelf={items} runtime={runtime} isDefault={item.id === defaultId} shown={item.id === shownId} onEdit={onEdit} /></li>;
  return (
    <div className={css.stack}>
      <RuntimePanel runtime={runtime} models={models} defaultId={defaultId ?? models[0]?.id} />
      <section aria-label="Models"><h2 className={css.group}><Box aria-hidden />{plural(models.length, "model")}</h2>{models.length === 0 ? <p className={css.note}>Adapters need a base model to work on.</p> : <ul className={css.list}>{models.map(card)}</ul>}</section>
      <section aria-label="Adapters"><h2 className={css.group}><Layers aria-hidden />{plural(adapters.length, "adapter")}</h2>{adapters.length === 0 ? <p className={css.note}>LoRA adapters change how a model answers: its format, its tone, its vocabulary. Import one as GGUF, or convert what a trainer saved.</p> : <ul className={css.list}>{adapters.map(card)}</ul>}</section>
      {rerankers.length > 0 ? <section aria-label="Rerankers"><h2 className={css.group}><ArrowDownWideNarrow aria-hidden />{plural(rerankers.length, "reranker")}</h2><ul className={css.list}>{rerankers.map(card)}</ul></section> : null}
    </div>
  );
}
