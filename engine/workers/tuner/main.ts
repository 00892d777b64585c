import { serveWorker } from "../serve-worker.ts";
import { createTunerRouter } from "./router.ts";

serveWorker(createTunerRouter());
