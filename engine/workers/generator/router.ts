import { implement, onError } from "@orpc/server";
import { toWorkerError } from "../worker-errors.ts";
import { generatorContract, type GenerateEvent, type GenerateInput } from "./contract.ts";
import type { Generator } from "./generator.ts";

/** The generator's contract, served by `generator`. */
export function createGeneratorRouter(generator: Generator) {
  const os = implement(generatorContract).use(onError((error) => { throw toWorkerError(error); }));
  return os.router({
    load: os.load.handler(({ input, signal }) => generator.load(input, signal)),
    unload: os.unload.handler(() => generator.unload()),
    countTokens: os.countTokens.handler(({ input }) => generator.countTokens(input.texts)),
    countPromptTokens: os.countPromptTokens.handler(({ input }) => generator.countPromptTokens(input)),
    generate: os.generate.handler(({ input, signal }) => events(generator, input, signal)),
  });
}

/**
 * The token loop pushes, the caller pulls: events wait in a queue, so a slow reader does not slow the model. When the reader leaves
 * or aborts, the model is stopped, and the iterator ends only once it has.
 */
async function* events(generator: Generator, input: GenerateInput, signal: AbortSignal | undefined): AsyncGenerator<GenerateEvent, void, void> {
  const stop = new AbortController();
  const queue: GenerateEvent[] = [];
  let wake: () => void = () => undefined;
  let finished = false;
  const emit = (event: GenerateEvent) => {
    queue.push(event);
    wake();
  };
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const running = generator.generate(input, { signal: either, emit }).finally(() => {
    finished = true;
    wake();
  });
  running.catch(() => undefined); // awaited below; this keeps an early failure from counting as unhandled
  try {
    for (;;) {
      const next = queue.shift();
      if (next) yield next;
      else if (finished) break;
      else await new Promise<void>((resolve) => { wake = resolve; });
    }
    await running;
  } catch (error) {
    throw toWorkerError(error);
  } finally {
    stop.abort();
    await running.catch(() => undefined); // told above, or nobody is left to be told
  }
}
