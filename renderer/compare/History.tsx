import { History as HistoryIcon, Trash2, Trophy } from "lucide-react";
import { useState } from "react";
import type { Comparison, Standing } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { plural, shortDate } from "../app/words.ts";
import { AlertDialog, Button, cx, IconButton, Popover, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useEngineQuery } from "../engine/queries.ts";
import css from "./compare.module.css";

/** What was compared before, and how often each was the better one. */
export function History({ current }: { current: string | undefined }) {
  const { data: comparisons = [] } = useEngineQuery<Comparison[]>(["comparisons", "list"], (engine, signal) => engine.compare.list(undefined, { signal }));
  const { data: standings = [] } = useEngineQuery<Standing[]>(["comparisons", "standings"], (engine, signal) => engine.compare.standings(undefined, { signal }));
  const [open, setOpen] = useState(false);
  return (
    <div className={css.historyButtons}>
      {standings.length > 0 ? <Popover label="Standings" align="end" trigger={<Button size="s" icon={<Trophy />}>Standings</Button>}><Standings standings={standings} /></Popover> : null}
      {comparisons.length > 0 ? (
        <Popover label="Earlier comparisons" align="end" open={open} onOpenChange={setOpen} trigger={<Button size="s" icon={<HistoryIcon />}>Earlier ({comparisons.length})</Button>}>
          <ol className={css.history}>{comparisons.map((one) => <Entry key={one.id} one={one} current={one.id === current} onOpen={() => { go("compare", one.id); setOpen(false); }} />)}</ol>
        </Popover>
      ) : null}
      {current === undefined ? null : <Button size="s" variant="ghost" onClick={() => go("compare")}>New</Button>}
    </div>
  );
}

function Entry({ one, current, onOpen }: { one: Comparison; current: boolean; onOpen(): void }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [asking, setAsking] = useState(false);
  const { winner } = one.preference ?? {};
  const outcome = winner === undefined ? "not chosen" : winner === "tie" ? "equally good" : winner === "none-good" ? "none good" : `better: ${one.contenders[winner]?.name ?? ""}`;
  const remove = () => engine.compare.remove({ id: one.id }).then(() => { if (current) go("compare"); }, (error: unknown) => toasts.fail(error, "It could not be removed"));
  return (
    <li className={cx(css.past, current && css.pastOn)}>
      <button type="button" onClick={onOpen}><b>{one.question}</b><span>{one.contenders.map(({ name }) => name).sort().join(", ")} · {outcome} · {shortDate(one.created)}</span></button>
      <IconButton size="s" label={`Remove the comparison “${one.question}”`} onClick={() => setAsking(true)}><Trash2 /></IconButton>
      <AlertDialog open={asking} onOpenChange={setAsking} title="Remove this comparison?" confirm="Remove" description={<>“{one.question}” leaves this list, and your choice the standings. Its answers stay in their conversation.</>} onConfirm={() => void remove()} />
    </li>
  );
}

function Standings({ standings }: { standings: readonly Standing[] }) {
  return (
    <div className={css.standings}>
      <table>
        <thead><tr><th scope="col">Who</th><th scope="col">Better</th><th scope="col">Equal</th><th scope="col">Of</th></tr></thead>
        <tbody>{standings.map(({ name, judged, chosen, tied }) => <tr key={name}><th scope="row">{name}</th><td>{chosen}</td><td>{tied}</td><td>{judged}</td></tr>)}</tbody>
      </table>
      <p className={css.hint}>{plural(Math.max(...standings.map(({ judged }) => judged)), "choice")} at most each: a handful says little. A question set measures with intervals.</p>
    </div>
  );
}
