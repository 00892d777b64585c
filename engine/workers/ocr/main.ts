import { constants, setPriority } from "node:os";
import { serveWorker } from "../serve-worker.ts";
import { createOcrRouter } from "./router.ts";

// A picture that was begun is finished while an answer is made: the answer's processes come first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
serveWorker(createOcrRouter());
