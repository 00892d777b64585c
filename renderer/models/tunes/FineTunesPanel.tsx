import { GitBranch, Plus } from "lucide-react";
import { useState } from "react";
import type { ShelfItem } from "../../../engine/contract/index.ts";
import { plural } from "../../app/words.ts";
import { Button, EmptyState, ErrorState, Spinner } from "../../design/index.ts";
import { canBeChecked } from "../health/standing.ts";
import { goModels } from "../places.ts";
import { FineTuneCard } from "./FineTuneCard.tsx";
import { useFineTunes } from "./queries.ts";
import { TuneDialog } from "./TuneDialog.tsx";
import css from "./tunes.module.css";

/** Fine-tunes and their versions: what each came from, how it does, and which one is the default. */
export function FineTunesPanel({ shelf, onCheck }: { shelf: readonly ShelfItem[]; onCheck(item: ShelfItem): void }) {
  const { data: tunes, error, refetch } = useFineTunes();
  const [adding, setAdding] = useState(false);
  if (error) return <ErrorState error={error} title="The fine-tunes could not be read" onRetry={() => void refetch()} />;
  if (!tunes) return <Spinner label="Reading the fine-tunes" />;
  const candidates = shelf.filter(canBeChecked);
  const add = <Button icon={<Plus />} variant={tunes.length === 0 ? "primary" : "secondary"} onClick={() => setAdding(true)}>New fine-tune</Button>;
  return (
    <div className={css.panel}>
      {tunes.length === 0 ? (
        <EmptyState icon={<GitBranch />} title="No fine-tunes yet" actions={candidates.length > 0 ? add : <Button variant="primary" onClick={() => goModels({ tab: "shelf" })}>To the shelf</Button>}>
          {candidates.length > 0 ? "Train again and again, keep each result as a version, and let your own questions decide which is the default. Every step back is one click." : "Import an adapter or a merged model, or convert one; then its versions can be kept here."}
        </EmptyState>
      ) : (
        <>
          <div className={css.head}><h2>{plural(tunes.length, "fine-tune")}</h2>{add}</div>
          <ul className={css.tunes}>{tunes.map((tune) => <li key={tune.id}><FineTuneCard tune={tune} shelf={shelf} onCheck={onCheck} /></li>)}</ul>
        </>
      )}
      {adding ? <TuneDialog shelf={shelf} onClose={() => setAdding(false)} /> : null}
    </div>
  );
}
