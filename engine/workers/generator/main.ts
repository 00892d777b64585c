import { serveWorker } from "../serve-worker.ts";
import { forkNothing } from "./binary-test.ts";
import { Generator } from "./generator.ts";
import { createGeneratorRouter } from "./router.ts";

forkNothing();
serveWorker(createGeneratorRouter(new Generator()));
