import type { FineTuneVersion } from "../../../engine/contract/index.ts";
import { dateTime } from "../../app/words.ts";
import { MadeFrom } from "../MadeFrom.tsx";
import css from "./tunes.module.css";

/** Where a version came from, as far as it is known. @param now the hash of its file today; absent: it is off the shelf */
export function LineageView({ version: { sha256, lineage }, now }: { version: FineTuneVersion; now: string | undefined }) {
  const { baseSha256, dataSha256, config, trained, made, madeFrom } = lineage;
  const how = madeFrom?.[0]?.how;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["Trained", trained ? dateTime(trained) : undefined],
    [how === "merged" ? "Merged" : "Converted", made ? dateTime(made) : undefined],
  ];
  const hashes: readonly (readonly [string, string | undefined])[] = [["File", sha256], ...(now === undefined || now === sha256 ? [] : [["File today", now] as const]), ["Base", baseSha256], ["Training data", dataSha256]];
  return (
    <dl className={css.lineage}>
      {rows.map(([name, value]) => (value === undefined ? null : <div key={name}><dt>{name}</dt><dd>{value}</dd></div>))}
      {madeFrom && madeFrom.length > 0 ? <div><dt>{how === "merged" ? "Merged from" : "Converted from"}</dt><dd><MadeFrom parts={madeFrom} /></dd></div> : null}
      {hashes.map(([name, hash]) => <div key={name}><dt>{name}, SHA-256</dt><dd>{hash ? <code>{hash}</code> : "Not recorded"}</dd></div>)}
      {config ? <div><dt>Trainer’s settings</dt><dd><pre>{JSON.stringify(config, undefined, 2)}</pre></dd></div> : null}
    </dl>
  );
}
