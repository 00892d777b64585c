import type { Block, CharRange } from "../../engine/contract/index.ts";
import { cx } from "../design/index.ts";
import { cut } from "./marks.ts";
import css from "./viewer.module.css";

/** One piece of a document as the reader found it, with the cited words marked. Always plain text: nothing in a document can act. */
export function BlockView({ block, ranges, firstOfPage, pageWord }: { block: Block; ranges: readonly CharRange[]; firstOfPage: boolean; pageWord: string }) {
  const pieces = cut(block.text, block.start, ranges);
  const marked = pieces.some((piece) => piece.marked);
  const words = pieces.map((piece, index) => (piece.marked ? <mark key={index} className={css.mark}>{piece.text}</mark> : piece.text));
  const body = block.kind === "heading" ? <div role="heading" aria-level={Math.min(6, (block.level ?? 2) + 2)} className={cx(css.heading, css[`level${Math.min(3, block.level ?? 3)}`])}>{words}</div>
    : block.kind === "code" ? <pre className={css.code}>{words}</pre>
    : block.table && !marked ? <TableRow table={block.table} />
    : <p className={cx(css.text, block.kind === "list-item" && css.item, block.kind === "quote" && css.quote, (block.kind === "footnote" || block.kind === "caption") && css.small, block.table && css.small)}>{words}</p>;
  return <div className={css.block} data-start={block.start}>{firstOfPage && block.page ? <div className={css.pageMark}>{pageWord} {block.page}</div> : null}{body}</div>;
}

function TableRow({ table }: { table: NonNullable<Block["table"]> }) {
  return (
    <dl className={css.cells}>
      <dt className={css.rowNumber}>{table.name ? `${table.name}, row ${table.row}` : `Row ${table.row}`}</dt>
      {table.cells.map((cell, index) => cell === "" ? null : <div key={index}><dt>{table.header[index] ?? `Column ${index + 1}`}</dt><dd>{cell}</dd></div>)}
    </dl>
  );
}
