import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";
import { knownQuestion, type KnownQuestion } from "../contract/questions.ts";

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** A BEIR question with its judged documents: id to grade, above 0 only. */
export interface JudgedQuestion {
  readonly id: string;
  readonly question: string;
  readonly relevant: ReadonlyMap<string, number>;
}

export interface BeirArticle {
  readonly _id: string;
  readonly title: string;
  readonly text: string;
}

export type Questions =
  | { readonly kind: "beir"; readonly name: string; readonly folder: string; readonly questions: readonly JudgedQuestion[] }
  | { readonly kind: "questions"; readonly name: string; readonly questions: readonly KnownQuestion[] };

type Report = (problem: Problem) => void;
const ids = z.union([z.string().min(1), z.number()]).transform(String);
const beirQuery = z.object({ _id: ids, text: z.string().min(1) });
const beirArticle = z.object({ _id: ids, title: z.string().default(""), text: z.string() });
const ownLine = z.looseObject({ id: ids }).pipe(knownQuestion);

/**
 * Questions of a BEIR folder, of a JSON Lines file, or of all such files in a folder. Lines that cannot be used go to `report`; the others go on.
 * @throws LorekeepError NOT_FOUND, INVALID where nothing is left.
 */
export async function readQuestions(path: string, report: Report): Promise<Questions> {
  const name = basename(path);
  const files = await look(path);
  if (files.beir) return { kind: "beir", name, folder: path, questions: some(await readBeir(path, report), path) };
  const questions: KnownQuestion[] = [];
  for (const file of files.jsonl) for await (const one of jsonLines(file, ownLine, report)) questions.push(one);
  return { kind: "questions", name, questions: some(questions, path) };
}

function some<T>(questions: T[], path: string): T[] {
  if (questions.length === 0) throw new LorekeepError("INVALID", { reason: `There is no question in ${path} that could be used.`, next: "A BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv; a question set has lines {id, question, expectDocument?, expectPhrase?, unanswerable?}.", field: "path" });
  return questions;
}

async function look(path: string): Promise<{ beir: boolean; jsonl: string[] }> {
  try {
    if ((await stat(path)).isFile()) return { beir: false, jsonl: [path] };
    const names = (await readdir(path)).sort();
    return { beir: names.includes("queries.jsonl") && names.includes("qrels"), jsonl: names.filter((file) => file.endsWith(".jsonl")).map((file) => join(path, file)) };
  } catch (error) {
    throw fromFileSystem(error, path);
  }
}

async function readBeir(folder: string, report: Report): Promise<JudgedQuestion[]> {
  const judged = await readJudgments(join(folder, "qrels", "test.tsv"), report);
  const questions: JudgedQuestion[] = [];
  for await (const { _id, text } of jsonLines(join(folder, "queries.jsonl"), beirQuery, report)) {
    const relevant = judged.get(_id);
    if (relevant) questions.push({ id: _id, question: text, relevant });
  }
  return questions;
}

export const readCorpus = (folder: string, report: Report): AsyncGenerator<BeirArticle> => jsonLines(join(folder, "corpus.jsonl"), beirArticle, report);

/** query, document, grade, tab-separated, under a header. */
async function readJudgments(file: string, report: Report): Promise<Map<string, Map<string, number>>> {
  const judged = new Map<string, Map<string, number>>();
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    if (number === 1 || line.trim() === "") continue;
    const [query, document, grade] = line.split("\t");
    const value = Number(grade);
    if (!query || !document || grade === undefined || !Number.isFinite(value)) report({ file, line: number, reason: "Not of the form query, document, grade, separated by tabs." });
    else if (value > 0) judged.set(query, (judged.get(query) ?? new Map<string, number>()).set(document, value));
  }
  return judged;
}

async function* jsonLines<T>(file: string, schema: z.ZodType<T>, report: Report): AsyncGenerator<T> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    if (line.trim() === "") continue;
    const read = parse(line, schema);
    if ("reason" in read) report({ file, line: number, reason: read.reason });
    else yield read.value;
  }
}

function parse<T>(line: string, schema: z.ZodType<T>): { value: T } | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { reason: `Not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const read = schema.safeParse(json);
  const [issue] = read.error?.issues ?? [];
  return read.success ? { value: read.data } : { reason: issue ? [issue.path.join("."), issue.message].filter(Boolean).join(": ") : "Not of the form." };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity });
  } catch (error) {
    throw fromFileSystem(error, file);
  }
}
