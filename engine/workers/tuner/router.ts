import { implement, onError } from "@orpc/server";
import { pump } from "../../base/pump.ts";
import { toWorkerError } from "../worker-errors.ts";
import { tunerContract } from "./contract.ts";
import { convertAdapter } from "./convert.ts";
import { mergeModel } from "./merge.ts";

interface Progress { type: "progress"; step: "checking" | "writing"; done: number; total: number }
type Event<R> = Progress | { type: "done"; result: R };
type Tell = (step: Progress["step"]) => (done: number, total: number) => void;

/** Told at most so often, in milliseconds: a merge writes many thousand pieces. */
const EVERY_MS = 100;

/** The tuner's contract. */
export function createTunerRouter() {
  const os = implement(tunerContract).use(onError((error) => { throw toWorkerError(error); }));
  return os.router({
    convert: os.convert.handler(({ input, signal }) => events((tell, stop) => convertAdapter(input, { signal: stop, progress: tell("writing"), checking: tell("checking") }), signal)),
    merge: os.merge.handler(({ input, signal }) => events((tell, stop) => mergeModel(input, { signal: stop, progress: tell("writing"), checking: tell("checking") }), signal)),
  });
}

async function* events<R>(work: (tell: Tell, stop: AbortSignal) => Promise<R>, signal: AbortSignal | undefined): AsyncGenerator<Event<R>, void, void> {
  try {
    yield* pump<Event<R>>(async (emit, stop) => {
      let last = 0;
      const tell: Tell = (step) => (done, total) => {
        if (performance.now() - last < EVERY_MS && done < total) return;
        last = performance.now();
        emit({ type: "progress", step, done, total });
      };
      emit({ type: "done", result: await work(tell, stop) });
    }, signal);
  } catch (error) {
    throw toWorkerError(error);
  }
}
