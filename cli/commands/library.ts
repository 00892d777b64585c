import { resolve } from "node:path";
import { LorekeepError } from "../../engine/base/errors.ts";
import type { Document, DocumentState, EngineClient } from "../../engine/contract/index.ts";
import { collectionIds } from "../lookup.ts";
import type { Session } from "../session.ts";
import { listed } from "./add.ts";

/** lorekeep documents: every document with its state and reason. */
export async function documents({ client, terminal }: Session, options: { state?: DocumentState; collection?: string }): Promise<void> {
  const [collectionId] = await collectionIds(client, options.collection ? [options.collection] : []);
  const all = await everyDocument(client, { ...(collectionId ? { collectionId } : {}), ...(options.state ? { states: [options.state] } : {}) });
  for (const d of all) terminal.line(`${d.state.padEnd(9)} ${String(d.passages).padStart(6)}  ${d.path}${d.reason ? `: ${d.reason.message}` : ""}`);
  if (all.length === 0) terminal.line("No documents yet. Add some: lorekeep add FOLDER");
  terminal.result({ documents: all.map(listed) });
}

/** lorekeep remove PATH…: takes documents (by path, folder or id) out of the index; the files stay. */
export async function remove({ client, terminal }: Session, targets: readonly string[]): Promise<void> {
  const ids = await matching(client, targets);
  const { removed } = await client.documents.remove({ ids });
  terminal.line(`${removed} documents removed from the index.`);
  terminal.result({ removed });
}

/** lorekeep retry [PATH…]: reads again what failed, with a password where one is needed. */
export async function retry(session: Session, targets: readonly string[], options: { password?: string; wait: boolean }): Promise<boolean> {
  const { client, terminal } = session;
  const which = targets.length > 0 ? { ids: await matching(client, targets) } : { allFailed: true };
  const { queued } = await client.documents.retry({ ...which, ...(options.password ? { password: options.password } : {}) });
  if (options.wait && queued > 0) await client.queue.idle(undefined, { signal: session.signal });
  const ids = new Set(which.ids ?? []);
  const now = (await everyDocument(client, {})).filter((d) => ids.size === 0 ? d.state === "failed" : ids.has(d.id));
  for (const d of now) terminal.line(`${d.state.padEnd(9)} ${d.path}${d.reason ? `: ${d.reason.message}` : ""}`);
  terminal.line(`${queued} documents queued again.`);
  terminal.result({ queued, documents: now.map(listed) });
  return true;
}


async function everyDocument(client: EngineClient, filter: { collectionId?: string; states?: DocumentState[] }): Promise<Document[]> {
  const all: Document[] = [];
  for (let offset = 0; ; offset += 5000) {
    const page = await client.documents.list({ ...filter, offset, limit: 5000, sort: "name", descending: false });
    all.push(...page.documents);
    if (all.length >= page.total || page.documents.length === 0) return all;
  }
}

async function matching(client: EngineClient, targets: readonly string[]): Promise<string[]> {
  const all = await everyDocument(client, {});
  const ids = targets.flatMap((target) => {
    const path = /^https?:/i.test(target) ? target : resolve(target);
    const found = all.filter((d) => d.id === target || d.path === path || d.path.startsWith(`${path}/`) || d.path.startsWith(`${path}\\`));
    if (found.length === 0) throw new LorekeepError("NOT_FOUND", { reason: `No document in the index matches ${target}.`, next: "See `lorekeep documents`." });
    return found.map((d) => d.id);
  });
  return [...new Set(ids)];
}
