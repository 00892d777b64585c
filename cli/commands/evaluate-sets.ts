import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { fromFileSystem, LorekeepError } from "../../engine/base/errors.ts";
import type { EngineClient, QuestionSet } from "../../engine/contract/index.ts";
import type { Session } from "../session.ts";

/** lorekeep eval sets: the question sets of the workspace. */
export async function listSets({ client, terminal }: Session): Promise<void> {
  const sets = await client.evaluation.sets.list();
  for (const { name, questions, updated } of sets) terminal.line(`${name}  ${questions.length} question${questions.length === 1 ? "" : "s"}  ${updated.slice(0, 10)}`);
  if (sets.length === 0) terminal.line("No question sets yet: lorekeep eval sets import FILE.");
  terminal.result({ sets: sets.map(({ id, name, questions, updated }) => ({ id, name, questions: questions.length, updated })) });
}

/** lorekeep eval sets import FILE: broken lines are named with their number, the others go in. */
export async function importSet({ client, terminal }: Session, file: string, options: { name?: string; into?: string }): Promise<void> {
  const into = options.into === undefined ? undefined : await findSet(client, options.into);
  const { set, added, replaced, problems } = await client.evaluation.sets.import({ path: resolve(file), ...(into ? { setId: into.id } : {}), ...(options.name === undefined ? {} : { name: options.name }) });
  for (const { line, reason } of problems) terminal.say(`${file}, line ${line}: ${reason}`);
  terminal.line(`${set.name}: ${added} added, ${replaced} replaced, ${problems.length} line${problems.length === 1 ? "" : "s"} left out.`);
  terminal.result({ set: { id: set.id, name: set.name, questions: set.questions.length }, added, replaced, problems });
}

/** lorekeep eval sets export SET [FILE]: to a file by its ending, or to standard output as JSON Lines. */
export async function exportSet({ client, terminal }: Session, wanted: string, file: string | undefined): Promise<void> {
  const set = await findSet(client, wanted);
  const format = file !== undefined && extname(file).toLowerCase() === ".csv" ? "csv" : "jsonl";
  const { name, content } = await client.evaluation.sets.export({ id: set.id, format });
  if (file === undefined) terminal.text(content);
  else await writeFile(file, content).catch((error: unknown) => { throw fromFileSystem(error, file); });
  if (file !== undefined) terminal.line(`${set.questions.length} questions written to ${file}.`);
  terminal.result({ name, format, questions: set.questions, ...(file === undefined ? {} : { file: resolve(file) }) });
}

/** @throws LorekeepError NOT_FOUND naming those there are */
async function findSet(client: EngineClient, wanted: string): Promise<QuestionSet> {
  const sets = await client.evaluation.sets.list();
  const found = sets.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase());
  if (!found) throw new LorekeepError("NOT_FOUND", { reason: `There is no question set “${wanted}”.`, next: sets.length > 0 ? `There are: ${sets.map(({ name }) => name).join(", ")}.` : "Import one: lorekeep eval sets import FILE." });
  return found;
}
