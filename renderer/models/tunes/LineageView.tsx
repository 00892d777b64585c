import type { FineTuneVersion } from "../../../engine/contract/index.ts";
import { dateTime } from "../../app/words.ts";
import css from "./tunes.module.css";

/** Where a version came from, as far as it is known. */
export function LineageView({ version: { sha256, lineage } }: { version: FineTuneVersion }) {
  const { baseSha256, dataSha256, config, trained, madeFrom = [] } = lineage;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["Trained", trained ? dateTime(trained) : undefined],
    ["Made from", madeFrom.length > 0 ? madeFrom.map(({ how, name, scale }) => `${how} from ${name}${scale === undefined || scale === 1 ? "" : ` × ${scale}`}`).join(", ") : undefined],
  ];
  const hashes: readonly (readonly [string, string | undefined])[] = [["File", sha256], ["Base", baseSha256], ["Training data", dataSha256]];
  return (
    <dl className={css.lineage}>
      {rows.map(([name, value]) => (value === undefined ? null : <div key={name}><dt>{name}</dt><dd>{value}</dd></div>))}
      {hashes.map(([name, hash]) => <div key={name}><dt>{name}, SHA-256</dt><dd>{hash ? <code>{hash}</code> : "Not recorded"}</dd></div>)}
      {config ? <div><dt>Trainer’s settings</dt><dd><pre>{JSON.stringify(config, undefined, 2)}</pre></dd></div> : null}
    </dl>
  );
}
