import { forkNothing } from "../generator/binary-test.ts";
import { serveWorker } from "../serve-worker.ts";
import { createRankerRouter } from "./router.ts";

forkNothing();
serveWorker(createRankerRouter());
