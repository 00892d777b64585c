import type { Session } from "../session.ts";
import { bytes } from "../terminal.ts";

/** lorekeep status: what is there and what it is doing. */
export async function status({ client, terminal }: Session): Promise<void> {
  const s = await client.system.status();
  terminal.line(`Lorekeep ${s.version} on ${s.platform}, ${s.cores} cores, ${bytes(s.memory.freeBytes)} of ${bytes(s.memory.totalBytes)} free`);
  terminal.line(`Workspace  ${s.workspace}`);
  terminal.line(`Documents  ${s.documents} (${s.indexed} indexed, ${s.failed} failed), ${s.passages} passages, index ${bytes(s.indexBytes)}`);
  if (s.store.remote) terminal.line(`Library    ${s.store.uri}, not on this machine`);
  terminal.line(`Embedder   ${s.embedder.name}, ${s.embedder.dimensions} dimensions`);
  terminal.line(`Model      ${s.runtime.loaded ? `${s.runtime.loaded.architecture} ${s.runtime.loaded.quantisation} on ${s.runtime.loaded.backend}` : "none loaded"}`);
  if (s.queue.waiting + s.queue.active > 0) terminal.line(`Queue      ${s.queue.waiting} waiting, ${s.queue.active} active${s.queue.paused ? ", paused" : ""}`);
  for (const notice of s.notices) terminal.line(`! ${notice.text}`);
  terminal.result(s);
}
