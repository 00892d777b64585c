import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import type { ShelfItem } from "../../../engine/contract/index.ts";
import { bytes, count, dateTime } from "../../app/words.ts";
import { IconButton, useToasts } from "../../design/index.ts";
import { MadeFrom } from "../MadeFrom.tsx";
import { parameters } from "../words.ts";
import css from "./item.module.css";

/** Read from the file when it came, not guessed: what is absent there is said to be. */
export function ItemFacts({ item }: { item: ShelfItem }) {
    const facts: readonly (readonly [name: string, value: ReactNode])[] = [
    ["Kind", item.kind === "adapter" ? "LoRA adapter" : item.kind === "reranker" ? "Reranker: sorts found passages again" : item.isFineTune ? "Model with a fine-tune inside" : "Model"],
    ["Family", item.family && item.family !== item.architecture ? `${item.family} (${item.architecture})` : item.architecture],
    ["Parameters", item.parameters === undefined ? undefined : `${parameters(item.parameters)} (${count(item.parameters)})`],
    ["Quantisation", item.quantisation],
    ["Context", item.contextLength === undefined ? undefined : `${count(item.contextLength)} tokens, as it was trained`],
    ["Rank", item.rank], ["Alpha", item.alpha],
    ["Chat template", item.kind !== "model" ? undefined : item.hasTemplate ? (item.template ?? "In the file") : "None in the file: the fallback from the settings is used"],
    ["Licence", item.licence ?? "Not named in the file"],
    ["Size", `${bytes(item.sizeBytes)} (${count(item.sizeBytes)} bytes)`],
    ["SHA-256", <Copyable key="sha" what="SHA-256" text={item.sha256} code />],
    ["File", <Copyable key="path" what="path" text={item.path} />],
    ["State", item.state === "missing" ? "Missing: the file is gone or another one now" : item.storage === "linked" ? "Ready; linked: used where it is, and stays there when removed here" : "Ready; in the workspace: deleted when removed here"],
    ["Source", sourceWords(item.source)],
    [item.madeFrom?.[0]?.how === "merged" ? "Merged from" : "Converted from", item.madeFrom && <MadeFrom key="made" parts={item.madeFrom} />],
    ["Added", dateTime(item.added)],
  ];
  return <dl className={css.facts}>{facts.map(([name, value]) => (value === undefined ? null : <div key={name}><dt>{name}</dt><dd>{value}</dd></div>))}</dl>;
}

function sourceWords(source: ShelfItem["source"]): string {
  switch (source.type) {
    case "import": return `Imported from ${source.from}`;
    case "download": return `${source.repo}, ${source.file}, revision ${source.revision}`;
    case "made": return source.how === "converted" ? `Converted here, from ${source.from}` : `Merged here, into ${source.from}`;
  }
}

function Copyable({ what, text, code = false }: { what: string; text: string; code?: boolean }) {
  const toasts = useToasts();
  const copy = () => { navigator.clipboard.writeText(text).then(() => toasts.show({ title: "Copied" }), (error: unknown) => toasts.fail(error)); };
  return <span className={css.copyable}>{code ? <code>{text}</code> : <span>{text}</span>}<IconButton label={`Copy ${what}`} size="s" onClick={copy}><Copy /></IconButton></span>;
}
