import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fromFileSystem } from "../../engine/base/errors.ts";
import { reportFormats, type EngineClient, type Limit, type Questionnaire } from "../../engine/contract/index.ts";

/** Writes a run's report in every form, under names of their own. @returns the files @throws LorekeepError NO_SPACE, READ_ONLY */
export async function writeReports(client: EngineClient, input: { id: string; limits?: Limit[]; questionnaire?: Questionnaire }, folder: string): Promise<string[]> {
  const files: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const format of reportFormats) {
      const { name, content } = await client.evaluation.runs.export({ ...input, format });
      const file = join(resolve(folder), name);
      await writeFile(file, content);
      files.push(file);
    }
  } catch (error) {
    throw fromFileSystem(error, folder);
  }
  return files;
}
