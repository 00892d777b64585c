import { serveWorker } from "../serve-worker.ts";
import { createEmbedderRouter } from "./router.ts";

serveWorker(createEmbedderRouter());
