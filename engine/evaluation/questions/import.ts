import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import type { ImportQuestions, KnownQuestion, QuestionProblem, QuestionSet } from "../../contract/questions.ts";
import type { QuestionSets } from "../question-sets.ts";
import { writeCsv } from "./csv.ts";
import { decodeQuestions } from "./decode.ts";
import { formatOf, questionsFrom, writeLines } from "./read.ts";

const LARGEST = 64 * 2 ** 20;

export interface Imported { readonly set: QuestionSet; readonly added: number; readonly replaced: number; readonly problems: QuestionProblem[] }

/** Takes the questions of a file or text into a set. @throws LorekeepError INVALID where no line can be used, and whatever reading the file throws */
export async function importQuestions(input: ImportQuestions, sets: QuestionSets, uploadPath: (id: string) => Promise<string>): Promise<Imported> {
  const { text, name } = await textOf(input, uploadPath);
  const { questions: read, unnamed, problems } = questionsFrom(text, input.format ?? formatOf(name, text));
  if (read.length === 0) {
    const first = problems[0];
    throw new LorekeepError("INVALID", { reason: first ? `No question could be used. Line ${first.line}: ${first.reason}` : "There is no question in it.", next: "A line has a question and what its answer is known to be: expectAnswers, expectDocument, expectPhrase, unanswerable and others.", field: "path" });
  }
  const target = input.setId === undefined ? undefined : sets.get(input.setId);
  const kept = target && !input.replace ? target.questions : [];
  const there = new Map(kept.map((one) => [one.id, one]));
  const questions = withFreeIds(read, unnamed, kept);
  const replaced = questions.filter(({ id }) => there.has(id)).length;
  for (const one of questions) there.set(one.id, one);
  const name_ = input.name ?? (name ?? "Questions").replace(/\.[^.]+$/, "");
  const set = await sets.save(target ? { ...target, questions: [...there.values()] } : { name: sets.freeName(name_), questions });
  return { set, added: questions.length - replaced, replaced, problems };
}

/**
 * Where an id is only a line's number, the question that is there already with the same words is meant, and another one that has this number by
 * chance must not be lost: then the next free id behind it is taken.
 */
function withFreeIds(read: readonly KnownQuestion[], unnamed: ReadonlySet<string>, kept: readonly KnownQuestion[]): KnownQuestion[] {
  const there = new Map(kept.map((one) => [wordsOf(one), one.id]));
  const taken = new Set([...kept, ...read].map(({ id }) => id));
  const keptIds = new Set(kept.map(({ id }) => id));
  const given = new Set(read.map(({ id }) => id).filter((id) => !unnamed.has(id)));
  return read.map((one) => {
    if (!unnamed.has(one.id)) return one;
    const known = there.get(wordsOf(one));
    const id = known !== undefined && !given.has(known) ? known : keptIds.has(one.id) ? freeId(one.id, taken) : one.id;
    given.add(id);
    taken.add(id);
    return { ...one, id };
  });
}

function freeId(stem: string, taken: ReadonlySet<string>): string {
  for (let n = 2; ; n++) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
}

const wordsOf = ({ question, history = [] }: KnownQuestion): string => JSON.stringify([question, history]);

async function textOf({ path, uploadId, text }: ImportQuestions, uploadPath: (id: string) => Promise<string>): Promise<{ text: string; name?: string }> {
  if ([path, uploadId, text].filter((one) => one !== undefined).length !== 1) throw new LorekeepError("INVALID", { reason: "Name one file or give its text.", field: "path" });
  if (text !== undefined) return { text: text.replace(/^\ufeff/, "") };
  const file = path ?? (await uploadPath(uploadId ?? ""));
  try {
    const { size } = await stat(file);
    if (size > LARGEST) throw new LorekeepError("TOO_LARGE", { reason: `${basename(file)} is larger than ${LARGEST / 2 ** 20} MB.`, next: "Split it into several files." });
    return { text: decodeQuestions(await readFile(file)), name: basename(file) };
  } catch (error) {
    throw fromFileSystem(error, file);
  }
}

/** What {@link importQuestions} reads back. */
export function exportQuestions({ name, questions }: QuestionSet, format: "jsonl" | "csv"): { name: string; content: string } {
  const file = name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-").trim() || "questions";
  return { name: `${file}.${format}`, content: format === "csv" ? writeCsv(questions) : writeLines(questions) };
}
