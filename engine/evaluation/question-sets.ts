import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { LorekeepError } from "../base/errors.ts";
import { JsonStore } from "../base/json-store.ts";
import { questionSet, type QuestionSet } from "../contract/questions.ts";
import { problemOf } from "./questions/fields.ts";

const stored = z.object({ sets: z.array(questionSet) });

/** Question sets of a workspace: `<workspace>/question-sets.json`. */
export class QuestionSets {
  private readonly store: JsonStore<z.infer<typeof stored>>;

  private constructor(store: JsonStore<z.infer<typeof stored>>) {
    this.store = store;
  }

  static async open(workspace: string): Promise<QuestionSets> {
    return new QuestionSets(await JsonStore.open({ path: join(workspace, "question-sets.json"), schema: stored, defaults: () => ({ sets: [] }) }));
  }

  get setAside() {
    return this.store.setAside;
  }

  list(): QuestionSet[] {
    return [...this.store.value.sets].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** @throws LorekeepError NOT_FOUND */
  get(id: string): QuestionSet {
    const found = this.store.value.sets.find((set) => set.id === id);
    if (!found) throw new LorekeepError("NOT_FOUND", { reason: "There is no such question set.", field: "setId" });
    return found;
  }

  /** The name, or the next free one behind it: "Questions 2". */
  freeName(wanted: string): string {
    const taken = new Set(this.store.value.sets.map(({ name }) => name));
    const stem = wanted.trim().slice(0, 190) || "Questions";
    for (let n = 1; ; n++) {
      const name = n === 1 ? stem : `${stem} ${n}`;
      if (!taken.has(name)) return name;
    }
  }

  /** @throws LorekeepError CONFLICT where another set has the name, NOT_FOUND where the id is of none, INVALID where a schema or a pattern is none. */
  async save(input: Omit<QuestionSet, "id" | "updated"> & { id?: string | undefined }): Promise<QuestionSet> {
    if (input.id !== undefined) this.get(input.id);
    check(input);
    const set: QuestionSet = { ...input, id: input.id ?? randomUUID(), updated: new Date().toISOString() };
    await this.store.update(({ sets }) => {
      if (sets.some((other) => other.name === set.name && other.id !== set.id)) throw new LorekeepError("CONFLICT", { reason: `There is a question set “${set.name}” already.`, next: "Choose another name.", field: "name" });
      return { sets: [...sets.filter((other) => other.id !== set.id), set] };
    });
    return set;
  }

  async remove(id: string): Promise<void> {
    this.get(id);
    await this.store.update(({ sets }) => ({ sets: sets.filter((set) => set.id !== id) }));
  }

  dispose(): Promise<void> {
    return this.store.dispose();
  }
}

function check({ jsonSchema, questions }: Pick<QuestionSet, "jsonSchema" | "questions">): void {
  const own = problemOf({ jsonSchema });
  if (own !== undefined) throw new LorekeepError("INVALID", { reason: own, field: "jsonSchema" });
  const ids = new Set<string>();
  for (const question of questions) {
    const problem = ids.has(question.id) ? "There is a question with this id already." : problemOf(question);
    if (problem !== undefined) throw new LorekeepError("INVALID", { reason: `Question ${question.id}: ${problem}`, field: "questions" });
    ids.add(question.id);
  }
}
