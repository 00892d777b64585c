import { parse, type CsvError } from "csv-parse/sync";
import type { KnownQuestion, QuestionProblem } from "../../contract/questions.ts";
import { fieldOf, readQuestion, type Read } from "./fields.ts";

type Row = Record<string, string>;
interface Record_ { readonly record: Row; readonly info: { readonly lines: number } }

const columns = ["id", "question", "expectAnswers", "expectNumber", "tolerance", "expectDocument", "expectPhrase", "unanswerable", "jsonSchema", "pattern", "rubric", "tags", "history"] as const;

/** Several values of one cell are parted by a bar; a bar in a value is written `\|`. */
const BAR = /(?<!\\)\|/;
const unescaped = (text: string) => text.replaceAll("\\|", "|").trim();

/** Comma, semicolon or tab, whichever the first line has most of; quotes as RFC 4180. */
export function readCsv(original: string, report: (problem: QuestionProblem) => void): { line: number; read: Read }[] {
  const text = original.replace(/\r\n?/g, "\n"); // The library counts \r\n inside quotes as two lines.
  const header = text.split("\n", 1)[0] ?? "";
  const delimiter = [",", ";", "\t"].sort((a, b) => header.split(b).length - header.split(a).length)[0] ?? ",";
  if (!header.split(delimiter).some((name) => fieldOf(name.replace(/"/g, "")) === "question")) {
    report({ line: 1, reason: `The first line must name the columns, one of them “question” (${columns.join(", ")}).` });
    return [];
  }
  const skipped = (error: CsvError | undefined) => {
    if (error) report({ line: Number(error.lines ?? 1), reason: `Not CSV: ${error.message}` });
    return undefined;
  };
  const rows = parse(text, { columns: true, delimiter, bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, skip_records_with_error: true, on_skip: skipped }) as unknown as Record_[];
  return rows.map(({ record, info }) => ({ line: info.lines, read: readRow(record, info.lines) }));
}

function readRow(row: Row, line: number): Read {
  const record: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(row)) {
    const field = fieldOf(name);
    if (field === undefined || cell.trim() === "") continue;
    const value = valueOf(field, cell);
    if (typeof value === "object" && "reason" in value) return { reason: `${name}: ${value.reason}` };
    record[field] = value.value;
  }
  return readQuestion(record, line);
}

function valueOf(field: string, cell: string): { value: unknown } | { reason: string } {
  if (field === "expectAnswers" || field === "tags") return { value: cell.split(BAR).map(unescaped).filter(Boolean) };
  if (field === "expectNumber" || field === "tolerance") return Number.isFinite(Number(cell)) ? { value: Number(cell) } : { reason: `“${cell}” is no number.` };
  if (field === "unanswerable") return /^(?:true|yes|y|x|1)$/i.test(cell.trim()) ? { value: true } : /^(?:false|no|n|0)$/i.test(cell.trim()) ? { value: false } : { reason: `“${cell}” is neither yes nor no.` };
  if (field !== "jsonSchema" && field !== "history") return { value: cell };
  try {
    return { value: JSON.parse(cell) as unknown };
  } catch (error) {
    return { reason: `Not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The same columns that are read, so that what is exported can be imported. A cell that a spreadsheet would take for a formula stays text by its quotes only. */
export function writeCsv(questions: readonly KnownQuestion[]): string {
  return [columns.join(","), ...questions.map((one) => columns.map((column) => cellOf(one, column)).map(quoted).join(","))].map((line) => `${line}\r\n`).join("");
}

function cellOf(question: KnownQuestion, column: (typeof columns)[number]): string {
  if (column === "expectNumber") return question.expectNumber === undefined ? "" : String(question.expectNumber.value);
  if (column === "tolerance") return question.expectNumber?.tolerance === undefined ? "" : String(question.expectNumber.tolerance);
  const value = question[column];
  if (value === undefined) return "";
  if (column === "expectAnswers" || column === "tags") return (value as readonly string[]).map((one) => one.replaceAll("|", "\\|")).join(" | ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const quoted = (cell: string): string => (/[",;\r\n\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
