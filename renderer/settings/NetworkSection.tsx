import { RefreshCw, ShieldCheck } from "lucide-react";
import { bytes, dateTime, plural } from "../app/words.ts";
import { Badge, Button, EmptyState, ErrorState } from "../design/index.ts";
import { useEngineQuery } from "../engine/queries.ts";
import css from "./settings.module.css";

/** The promise in words, and the ledger that lets a person check it. */
export function NetworkSection() {
  const { data: attempts, error, refetch, isFetching } = useEngineQuery(["system", "network"], (engine, signal) => engine.system.network({ limit: 500 }, { signal }), { refetchOnMount: "always" });
  const { data: status } = useEngineQuery(["notices", "status"], (engine, signal) => engine.system.status(undefined, { signal }));
  return (
    <>
      <div className={css.promise}>
        <ShieldCheck aria-hidden />
        {status?.store.remote ? <div>
          <h3>Your library is not kept on this machine</h3>
          <p>It is set to be kept at {status.store.uri}: the text of your documents, their vectors and what is searched for go there. Everything else stays here. Besides that, only the downloads and web pages you click for go out, and each attempt is written down below.</p>
        </div> : <div>
          <h3>What you keep here stays here</h3>
          <p>Documents, questions and answers never leave this machine. Every process starts with the network closed. The only requests that go out are the downloads and web pages you click for, and each attempt, also one that was refused, is written down below.</p>
        </div>}
      </div>
      <div className={css.ledgerHead}><h3 className={css.groupTitle}>Network ledger</h3>{attempts ? <span className={css.hint}>{plural(attempts.length, "attempt")}</span> : null}<Button size="s" variant="ghost" icon={<RefreshCw />} busy={isFetching} onClick={() => void refetch()}>Refresh</Button></div>
      {error ? <ErrorState compact error={error} title="The ledger could not be read" onRetry={() => void refetch()} /> : attempts?.length === 0 ? <EmptyState compact icon={<ShieldCheck />} title="Nothing has gone out">Not one request since this workspace was made.</EmptyState> : (
        <div className={css.tableBox} tabIndex={0} role="region" aria-label="Network ledger">
          <table className={css.table}>
            <thead><tr><th>When</th><th>Purpose</th><th>Address</th><th>Outcome</th><th className={css.right}>Received</th></tr></thead>
            <tbody>{attempts?.map((attempt, index) => (
              <tr key={index}>
                <td className={css.noWrap}>{dateTime(attempt.time)}</td><td className={css.purpose}>{attempt.purpose}</td>
                <td className={css.address}><span title={attempt.url}>{attempt.method} {attempt.url}</span></td>
                <td><Badge tone={/^(2\d\d|3\d\d|ok|done)/i.test(attempt.outcome) ? "neutral" : "warn"} title={attempt.outcome}>{attempt.outcome}</Badge></td><td className={css.right}>{attempt.bytes > 0 ? bytes(attempt.bytes) : "–"}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </>
  );
}
