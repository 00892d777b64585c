import { resolve } from "node:path";
import { LorekeepError } from "../../engine/base/errors.ts";
import { onShelf } from "../lookup.ts";
import type { Session } from "../session.ts";
import { bar, bytes, duration } from "../terminal.ts";

/** lorekeep models: the shelf. */
export async function listModels({ client, terminal }: Session): Promise<void> {
  const models = await client.models.list();
  for (const m of models) {
    const about = [m.architecture, m.quantisation, m.kind === "adapter" && m.rank !== undefined ? `rank ${m.rank}` : undefined, bytes(m.sizeBytes)].filter(Boolean).join(", ");
    terminal.line(`${m.kind.padEnd(8)} ${m.name} (${about})${m.state === "missing" ? " — file missing" : ""}\n         ${m.path}\n         ${m.fit?.text ?? ""}`.trimEnd());
  }
  if (models.length === 0) terminal.line("No models yet. Put a GGUF on the shelf: lorekeep models add FILE.gguf, or see lorekeep models catalogue.");
  terminal.result({ models });
}

export async function addModel({ client, terminal, signal }: Session, path: string, options: { copy?: boolean }): Promise<void> {
  for await (const event of await client.models.import({ path: resolve(path), mode: options.copy ? "copy" : "link" }, { signal })) {
    if (event.type === "progress") terminal.progress(`${event.step} ${bar(event.total === 0 ? 0 : event.done / event.total)} ${bytes(event.done)} of ${bytes(event.total)}`);
    else {
      terminal.endProgress();
      terminal.line(`${event.updated ? "Another file now, in the place of the one before" : event.existed ? "Already on the shelf" : "On the shelf"}: ${event.item.name} (${event.item.kind}).`);
      terminal.result({ model: event.item, existed: event.existed });
    }
  }
}

export async function removeModel({ client, terminal }: Session, wanted: string): Promise<void> {
  const items = await client.models.list();
  const item = items.find(({ path }) => path === resolve(wanted)) ?? onShelf(items, wanted);
  if (!item) throw new LorekeepError("NOT_FOUND", { reason: `There is no model "${wanted}" on the shelf.`, next: "See `lorekeep models`." });
  await client.models.remove({ id: item.id });
  terminal.line(`${item.name} is off the shelf${item.storage === "linked" ? "; its file stays where it is" : ""}.`);
  terminal.result({ removed: item.id });
}

export async function catalogue({ client, terminal }: Session): Promise<void> {
  const entries = await client.models.catalogue();
  for (const e of entries) terminal.line(`${e.id.padEnd(28)} ${e.kind.padEnd(9)} ${e.parameters.padStart(6)}  ${e.licence}${e.installed ? "  (installed)" : ""}\n    ${e.description}`);
  terminal.result({ catalogue: entries });
}

/** Downloads a catalogue entry, or FILE from REPO, and waits. Ctrl-C ends the engine, which keeps what has come so far; the same command goes on from there. */
export async function downloadModel({ client, terminal, signal }: Session, what: string, file: string | undefined): Promise<void> {
  const started = await client.models.download(file === undefined ? { catalogueId: what } : { repo: what, file });
  for await (const all of await client.models.watchDownloads(undefined, { signal })) {
    const now = all.find((d) => d.id === started.id);
    if (!now) continue;
    if (now.state === "failed") throw new LorekeepError("DOWNLOAD_FAILED", { reason: now.error?.reason ?? "The download failed.", ...(now.error?.next ? { next: now.error.next } : {}) });
    if (now.state === "done") {
      terminal.endProgress();
      terminal.line(`${now.name} is ${now.modelId === undefined ? "installed" : "on the shelf"}.`);
      terminal.result({ download: now });
      return;
    }
    const total = now.totalBytes ?? 0;
    terminal.progress(`${now.state} ${bar(total === 0 ? 0 : now.receivedBytes / total)} ${bytes(now.receivedBytes)} of ${total ? bytes(total) : "?"}${now.etaSeconds === undefined ? "" : `, ${duration(now.etaSeconds)} left`}`);
  }
}

