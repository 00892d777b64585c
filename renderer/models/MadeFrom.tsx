import type { MadeFrom as Part } from "../../engine/contract/index.ts";
import css from "./models.module.css";

/** The files that something was converted or merged from, each with its hash; a merged adapter also with its strength. */
export function MadeFrom({ parts }: { parts: readonly Part[] }) {
  return <ul className={css.madeFrom}>{parts.map(({ name, scale, sha256 }) => <li key={`${name}${sha256 ?? ""}`}><span>{name}{scale === undefined ? "" : ` × ${scale}`}</span>{sha256 ? <code>{sha256}</code> : null}</li>)}</ul>;
}
