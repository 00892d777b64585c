import { serveWorker } from "../serve-worker.ts";
import { createReader } from "./reader.ts";

serveWorker(createReader());
