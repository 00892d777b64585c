import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Reranker as ContractReranker } from "../contract/models.ts";
import type { ModelShelf } from "./shelf.ts";

/** A reranker that can be chosen, with where it is. */
export type InstalledReranker = ContractReranker & { readonly path: string };

/** Marks the id of a folder, by its place in the shelf's folder: owner/name, as the hub has it. GGUF files are known by the shelf's own ids. */
const FOLDER = "folder:";
export const folderId = (repo: string): string => `${FOLDER}${repo}`;

/** What can rerank: GGUF files on the shelf, and the downloaded folders that hold a cross-encoder. */
export async function installedRerankers(shelf: Pick<ModelShelf, "list" | "folder">): Promise<InstalledReranker[]> {
  const files = (await shelf.list()).filter(({ kind, state }) => kind === "reranker" && state === "ready").map(({ id, name, path }) => ({ id, name, format: "gguf" as const, path }));
  return [...files, ...(await folders(shelf.folder))];
}

/** As a person would name it; undefined where a file is not on the shelf any more. */
export function rerankerName(id: string, shelf: Pick<ModelShelf, "nameOf">): string | undefined {
  return id.startsWith(FOLDER) ? id.split("/").at(-1) : shelf.nameOf(id);
}

async function folders(root: string): Promise<InstalledReranker[]> {
  const found: InstalledReranker[] = [];
  for (const owner of await namesIn(root)) {
    for (const name of await namesIn(join(root, owner))) {
      const path = join(root, owner, name);
      if (await isCrossEncoder(path)) found.push({ id: folderId(`${owner}/${name}`), name, format: "onnx", path });
    }
  }
  return found;
}

const modelConfig = z.object({ architectures: z.array(z.string()).min(1) });

/** By what its configuration says it is; the weights come last, so a folder that has them is complete. */
async function isCrossEncoder(folder: string): Promise<boolean> {
  const weights = await namesIn(join(folder, "onnx"), false);
  if (!weights.some((name) => name === "model_quantized.onnx" || name === "model.onnx")) return false;
  const text = await readFile(join(folder, "config.json"), "utf8").catch(() => "{}"); // not there: no model of this layout
  const read = modelConfig.safeParse(parsed(text));
  return read.success && read.data.architectures.some((one) => one.endsWith("ForSequenceClassification"));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not ours to repair: a folder whose configuration cannot be read is no reranker.
  }
}

/** Folders (or files) in a folder, in order; none where it is not there. */
async function namesIn(folder: string, directories = true): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() === directories).map(({ name }) => name).sort();
}
