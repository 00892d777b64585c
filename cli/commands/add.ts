import { resolve } from "node:path";
import type { Document, QueueProgress } from "../../engine/contract/index.ts";
import { ensureCollection } from "../lookup.ts";
import type { Session } from "../session.ts";
import { bar, duration } from "../terminal.ts";

export interface AddOptions {
  readonly collection?: string;
  readonly watch?: boolean;
  readonly private?: boolean;
  readonly wait: boolean;
  readonly ocr?: "auto" | "off";
}

/** lorekeep add PATH…: queues files, folders and web addresses and, unless told otherwise, waits until they are read. Fails if any of them failed. */
export async function add(session: Session, paths: readonly string[], options: AddOptions): Promise<boolean> {
  const { client, terminal } = session;
  const collectionId = options.collection === undefined ? undefined : await ensureCollection(client, options.collection);
  const into = collectionId === undefined ? {} : { collectionId };
  const pages = paths.filter((path) => /^https?:\/\//i.test(path));
  const files = paths.filter((path) => !pages.includes(path)).map((path) => resolve(path));
  const queued: Document[] = [];
  for (const url of pages) queued.push(await client.documents.addPage({ url, ...into }));
  const result = files.length > 0
    ? await client.documents.add({ paths: files, watch: options.watch ?? false, private: options.private ?? false, ...(options.ocr === undefined ? {} : { ocr: options.ocr }), ...into })
    : { added: [], unchanged: 0, skipped: [] };
  queued.push(...result.added);
  if (options.wait) await waitForQueue(session);
  const documents = options.wait ? await latest(session, queued) : queued;
  if (options.wait) await askAboutPictures(session);
  report(session, { documents, unchanged: result.unchanged, skipped: result.skipped });
  terminal.result({ added: documents.length, unchanged: result.unchanged, skipped: result.skipped, documents: documents.map(listed) });
  return result.skipped.length < paths.length || documents.length + result.unchanged > 0;
}

/** A document as every command's JSON lists it. */
export function listed(document: Document) {
  const { path, state, reason, passages } = document;
  return { path, state, ...(reason ? { reason } : {}), passages };
}

/** Says what text recognition would cost where it waits for a person's word. */
async function askAboutPictures({ client, terminal }: Session): Promise<void> {
  const asking = (await client.queue.progress()).recognition?.asking;
  if (asking && asking.documents > 0) terminal.say(`${asking.pictures} pages of ${asking.documents} documents are pictures of text; recognising them takes about ${duration(asking.seconds)}. Add them with --ocr auto to do so.`);
}

async function waitForQueue({ client, terminal, signal }: Session): Promise<void> {
  const stop = new AbortController();
  const show = (async () => {
    for await (const progress of await client.queue.watch(undefined, { signal: stop.signal })) terminal.progress(describe(progress));
  })();
  try {
    await client.queue.idle(undefined, { signal });
  } finally {
    stop.abort();
    await show.catch(() => undefined); // Ends by our own abort.
    terminal.endProgress();
  }
}

function describe(progress: QueueProgress): string {
  const total = progress.waiting + progress.active + progress.done + progress.failed;
  const finished = progress.done + progress.failed;
  const eta = progress.etaSeconds === undefined ? "" : `, ${duration(progress.etaSeconds)} left`;
  const now = progress.current[0] ? ` ${progress.current[0].step} ${progress.current[0].name}` : "";
  return `${bar(total === 0 ? 1 : finished / total)} ${finished}/${total}, ${progress.passagesPerSecond.toFixed(0)} passages/s${eta}${now}`;
}

async function latest({ client }: Session, queued: readonly Document[]): Promise<Document[]> {
  const wanted = new Set(queued.map((d) => d.id));
  const found: Document[] = [];
  for (let offset = 0; ; offset += 5000) {
    const { documents } = await client.documents.list({ offset, limit: 5000 });
    found.push(...documents.filter((d) => wanted.has(d.id)));
    if (documents.length < 5000) return found;
  }
}

function report({ terminal }: Session, result: { documents: readonly Document[]; unchanged: number; skipped: readonly { path: string; reason: { message: string } }[] }): void {
  const indexed = result.documents.filter((d) => d.state === "indexed");
  const passages = indexed.reduce((sum, d) => sum + d.passages, 0);
  for (const d of result.documents) if (d.reason) terminal.line(`${d.state.padEnd(9)} ${d.path}: ${d.reason.message}`);
  for (const { path, reason } of result.skipped) terminal.line(`skipped   ${path}: ${reason.message}`);
  const rest = result.documents.length - indexed.length;
  terminal.line(`${indexed.length} documents indexed (${passages} passages), ${result.unchanged} unchanged${rest > 0 ? `, ${rest} not indexed` : ""}.`);
}
