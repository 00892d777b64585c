import { serveWorker } from "../serve-worker.ts";
import { Generator } from "./generator.ts";
import { createGeneratorRouter } from "./router.ts";

serveWorker(createGeneratorRouter(new Generator()));
