// A process that indexes a folder and is killed while it does. Bundled by the crash test; the parent speaks with it through its arguments only.
import { call, openWorld } from "./library-harness.ts";

const [folder, documents] = process.argv.slice(2);
if (!folder || !documents) throw new Error("usage: ingest-child FOLDER DOCUMENTS");
const world = await openWorld(folder, { limits: { commitPassages: 24, commitMs: 200 } });
console.log("open");
await call(world.routes.documents.add, { paths: [documents] });
await call(world.routes.queue.idle, undefined);
await world.close();
console.log("done");
