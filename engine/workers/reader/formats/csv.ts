import { parse } from "csv-parse/sync";
import { Refusal } from "../refusal.ts";
import { textOf, type FormatReader } from "../source.ts";
import { addTable, splitHeader } from "../tables.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;
/** A first line by which Excel is told the delimiter; no row of the table. */
const EXCEL_DELIMITER = /^\uFEFF?"?sep=(.)"?\r?\n/i;
const SAMPLE_CHARACTERS = 64 * 1024;
const SAMPLE_ROWS = 50;

/** CSV and TSV: one row, one block. The delimiter is sniffed; quotes may be broken, rows may differ in length. */
export const readCsv: FormatReader = ({ source, out }) => {
  const whole = textOf(source);
  const [line = "", said] = EXCEL_DELIMITER.exec(whole) ?? [];
  const text = whole.slice(line.length);
  const delimiter = said ?? (source.format === "tsv" ? "\t" : sniffDelimiter(text));
  const rows = rowsOf(text, delimiter);
  if (rows.length === 0) throw new Refusal("no-text", "The table has no rows.");
  addTable(out, splitHeader(rows));
};

/** Where quotes never close, they are characters like any other. */
function rowsOf(text: string, delimiter: string): string[][] {
  try {
    return parseRows(text, { delimiter });
  } catch {
    return parseRows(text, { delimiter, quote: false });
  }
}

function parseRows(text: string, { delimiter, quote = '"', maxRows }: { delimiter: string; quote?: string | false; maxRows?: number }): string[][] {
  return parse(text, {
    delimiter, quote, bom: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, trim: true,
    // A quote inside an unquoted field must not swallow the rest of the file as one cell.
    max_record_size: 1 << 20,
    ...(maxRows === undefined ? {} : { to: maxRows }),
  });
}

/** The delimiter that gives the most columns in the most equal rows. */
function sniffDelimiter(text: string): string {
  const end = text.length > SAMPLE_CHARACTERS ? text.lastIndexOf("\n", SAMPLE_CHARACTERS) : text.length;
  const sample = text.slice(0, end > 0 ? end : SAMPLE_CHARACTERS);
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: score(sample, delimiter) }));
  scored.sort((a, b) => b.score - a.score);
  return scored[0]?.delimiter ?? ",";
}

function score(sample: string, delimiter: string): number {
  try {
    const widths = parseRows(sample, { delimiter, maxRows: SAMPLE_ROWS }).map((row) => row.length);
    const counts = new Map<number, number>();
    for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
    const [commonest = 1, often = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    return commonest > 1 ? (often / widths.length) * (1 + Math.log2(commonest)) : 0;
  } catch {
    return 0; // Not parseable with this delimiter; the others are tried.
  }
}
