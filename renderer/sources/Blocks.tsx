import { createElement, type ReactNode } from "react";
import type { Block, CharRange } from "../../engine/contract/index.ts";
import { cx } from "../design/index.ts";
import css from "./Blocks.module.css";

/** Blocks as a reader expects them: headings, lists, real tables, code; the ranges marked. */
export function Blocks({ blocks, ranges, plain }: { blocks: readonly Block[]; ranges: readonly CharRange[]; plain: boolean }) {
  return <div className={cx(css.blocks, plain && css.plain)}>{grouped(blocks).map((run) => <Run key={run[0]?.start} run={run} ranges={ranges} />)}</div>;
}

/** Rows of one table, and items of one list, belong together. */
function grouped(blocks: readonly Block[]): Block[][] {
  const runs: Block[][] = [];
  for (const block of blocks) {
    const last = runs[runs.length - 1];
    const before = last?.[last.length - 1];
    if (last && before && belongs(before, block)) last.push(block);
    else runs.push([block]);
  }
  return runs;
}

function belongs(before: Block, block: Block): boolean {
  if (before.kind !== block.kind) return false;
  if (!before.table || !block.table) return block.kind === "list-item";
  return before.page === block.page && before.table.name === block.table.name && before.table.header.join("\0") === block.table.header.join("\0");
}

function Run({ run, ranges }: { run: readonly Block[]; ranges: readonly CharRange[] }) {
  const [first] = run;
  if (!first) return null;
  const words = (block: Block) => marked(block.text, block.start, ranges);
  if (first.table) return <Table rows={run} ranges={ranges} />;
  switch (first.kind) {
    case "heading": return createElement(`h${Math.min(6, (first.level ?? 1) + 1)}`, { className: css.heading }, words(first));
    case "list-item": return <ul className={css.items}>{run.map((block) => <li key={block.start}>{words(block)}</li>)}</ul>;
    case "code": return <pre className={css.code} tabIndex={0}><code>{words(first)}</code></pre>;
    case "quote": return <blockquote className={css.quote}>{words(first)}</blockquote>;
    case "caption": return <p className={css.caption}>{words(first)}</p>;
    case "footnote": return <p className={css.footnote}>{words(first)}</p>;
    case "record": return <p className={css.record}>{words(first)}</p>;
    case "paragraph": case "table-row": return <p>{words(first)}</p>;
  }
}

const touches = (range: CharRange, start: number, end: number): boolean => range.start < end && range.end > start;

/** A text with the parts of it that lie in a range as `<mark>`. */
function marked(text: string, start: number, ranges: readonly CharRange[]): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (!touches(range, start, start + text.length)) continue;
    const from = Math.max(at, range.start - start);
    const to = Math.min(text.length, range.end - start);
    if (to <= from) continue;
    parts.push(text.slice(at, from), <mark key={from} className={css.mark}>{text.slice(from, to)}</mark>);
    at = to;
  }
  parts.push(text.slice(at));
  return parts;
}

function Table({ rows, ranges }: { rows: readonly Block[]; ranges: readonly CharRange[] }) {
  const table = rows[0]?.table;
  if (!table) return null;
  return (
    <figure className={css.figure}>
      {table.name ? <figcaption>{table.name}</figcaption> : null}
      <div className={css.tableScroll} tabIndex={0} role="region" aria-label={table.name ?? "Table"}>
        <table>
          {table.header.some(Boolean) ? <thead><tr>{table.header.map((name, index) => <th key={index} scope="col">{name}</th>)}</tr></thead> : null}
          <tbody>{rows.map((row) => <Row key={row.start} block={row} ranges={ranges} />)}</tbody>
        </table>
      </div>
    </figure>
  );
}

/** A row is quoted as text with its header ("price: 7"); here its cells are found in that text again, in order. */
function Row({ block, ranges }: { block: Block; ranges: readonly CharRange[] }) {
  const hit = ranges.some((range) => touches(range, block.start, block.start + block.text.length));
  let at = 0;
  return (
    <tr data-marked={hit ? "" : undefined} className={hit ? css.rowHit : undefined}>
      {(block.table?.cells ?? []).map((cell, index) => {
        const found = cell ? block.text.indexOf(cell, at) : -1;
        if (found >= 0) at = found + cell.length;
        const inside = found >= 0 && ranges.some((range) => touches(range, block.start + found, block.start + found + cell.length));
        return <td key={index}>{inside ? <mark className={css.mark}>{cell}</mark> : cell}</td>;
      })}
    </tr>
  );
}
