// A process that recognises scans and is killed while it does. Bundled by the recognition test.
import { call, openWorld } from "./library-harness.ts";

const [folder, documents] = process.argv.slice(2);
if (!folder || !documents) throw new Error("usage: ocr-child FOLDER DOCUMENTS");
const world = await openWorld(folder, { ingest: { ocr: "auto", ocrLanguages: ["eng"] } });
await call(world.routes.documents.add, { paths: [documents] });
await call(world.routes.queue.idle, undefined);
await world.close();
console.log("done");
