import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { fromFileSystem } from "../../engine/base/errors.ts";
import type { EngineClient, Passage } from "../../engine/contract/index.ts";
import { collectionIds } from "../lookup.ts";
import { recognisedNote, recognisedOf } from "../recognised.ts";
import type { Session } from "../session.ts";
import { UsageError } from "../terminal.ts";

export interface SearchOptions {
  readonly limit: number;
  readonly collection: readonly string[];
  readonly queries?: string;
}

const queryLine = z.object({ id: z.union([z.string(), z.number()]).transform(String), text: z.string().min(1) });

/** lorekeep search "…" or --queries FILE.jsonl: the best passages, without a model. */
export async function search(session: Session, text: string | undefined, options: SearchOptions): Promise<void> {
  const { client, terminal, signal } = session;
  const ids = await collectionIds(client, options.collection);
  const ask = (query: string) => results(client, query, { limit: options.limit, collectionIds: ids, signal });
  if (options.queries !== undefined) {
    const queries: { id: string; results: Awaited<ReturnType<typeof ask>> }[] = [];
    for await (const { id, text: query } of readQueries(options.queries)) {
      queries.push({ id, results: await ask(query) });
      terminal.progress(`${queries.length} queries searched`);
    }
    terminal.endProgress();
    for (const { id, results: found } of queries) terminal.line(`${id}: ${found.map((r) => r.path).join(", ")}`);
    terminal.result({ queries });
    return;
  }
  if (text === undefined) throw new UsageError('Give a question: lorekeep search "…", or --queries FILE.jsonl.');
  const found = await ask(text);
  for (const [n, r] of found.entries()) terminal.line(`${n + 1}. ${place(r)}  (${r.score.toFixed(3)})${recognisedNote(r.recognised)}\n   ${r.text.replace(/\s+/g, " ").slice(0, 400)}\n`);
  if (found.length === 0) terminal.line("Nothing found.");
  terminal.result({ results: found });
}

export const place = (at: { path: string; page?: number | undefined }) => (at.page === undefined ? at.path : `${at.path}, page ${at.page}`);

async function results(client: EngineClient, text: string, options: { limit: number; collectionIds: string[]; signal: AbortSignal }) {
  const filter = options.collectionIds.length > 0 ? { collectionIds: options.collectionIds } : {};
  const { hits } = await client.search.query({ text, limit: options.limit, filter }, { signal: options.signal });
  const recognised = await recognisedOf(client, hits.map(({ passage }) => passage));
  return hits.map(({ passage, score }, i) => ({ ...where(passage), text: passage.text, score, ...(recognised[i] === undefined ? {} : { recognised: recognised[i] }) }));
}

const where = (passage: Passage) => ({ path: passage.path, ...(passage.page === undefined ? {} : { page: passage.page }) });

async function* readQueries(path: string): AsyncGenerator<z.infer<typeof queryLine>> {
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path, "utf8") })) {
      number++;
      if (line.trim() === "") continue;
      const parsed = queryLine.safeParse(parseJson(line));
      if (!parsed.success) throw new UsageError(`${path}, line ${number}: not of the form {"id": …, "text": …}.`);
      yield parsed.data;
    }
  } catch (error) {
    throw fromFileSystem(error, path);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // The schema refuses it and names the line.
  }
}
