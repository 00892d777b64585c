import type { KnownQuestion, QuestionProblem } from "../../contract/questions.ts";
import { readCsv } from "./csv.ts";
import { readQuestion, type Read } from "./fields.ts";

export type QuestionFormat = "jsonl" | "csv";
export interface ReadQuestions {
  readonly questions: KnownQuestion[];
  /** Ids that no question of the text has of itself: its line's number stands for them. */
  readonly unnamed: ReadonlySet<string>;
  readonly problems: QuestionProblem[];
}

/** Questions of a file's text. A line that cannot be used is named with its number and reason; the others go on. */
export function questionsFrom(text: string, format: QuestionFormat): ReadQuestions {
  const problems: QuestionProblem[] = [];
  const questions = new Map<string, KnownQuestion>();
  const unnamed = new Set<string>();
  const report = (problem: QuestionProblem) => problems.push(problem);
  const found = format === "csv" ? readCsv(text, report) : readLines(text);
  for (const { line, read } of found) {
    if ("reason" in read) report({ line, reason: read.reason });
    else if (questions.has(read.question.id)) report({ line, reason: `There is a question with the id “${read.question.id}” already.` });
    else {
      questions.set(read.question.id, read.question);
      if (read.unnamed) unnamed.add(read.question.id);
    }
  }
  return { questions: [...questions.values()], unnamed, problems: problems.sort((a, b) => a.line - b.line) };
}

function readLines(text: string): { line: number; read: Read }[] {
  return text.split(/\r\n|\n|\r/).map((content, i) => ({ content, line: i + 1 })).filter(({ content }) => content.trim() !== "").map(({ content, line }) => ({ line, read: readLine(content, line) }));
}

function readLine(content: string, line: number): Read {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? readQuestion(value as Record<string, unknown>, line) : { reason: "Not an object with a question." };
  } catch (error) {
    return { reason: `Not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** By the ending of a name, else by what the text begins with. */
export function formatOf(name: string | undefined, text: string): QuestionFormat {
  if (name !== undefined && /\.(?:csv|tsv)$/i.test(name)) return "csv";
  if (name !== undefined && /\.(?:jsonl|ndjson|json)$/i.test(name)) return "jsonl";
  return text.trimStart().startsWith("{") ? "jsonl" : "csv";
}

export const writeLines = (questions: readonly KnownQuestion[]): string => questions.map((one) => `${JSON.stringify(one)}\n`).join("");
