import { serveWorker } from "../serve-worker.ts";
import { createOcrRouter } from "./router.ts";

serveWorker(createOcrRouter());
