import { implement, onError } from "@orpc/server";
import { pump } from "../../base/pump.ts";
import { toWorkerError } from "../worker-errors.ts";
import { generatorContract } from "./contract.ts";
import type { Generator } from "./generator.ts";

/** The generator's contract, served by `generator`. */
export function createGeneratorRouter(generator: Generator) {
  const os = implement(generatorContract).use(onError((error) => { throw toWorkerError(error); }));
  return os.router({
    load: os.load.handler(({ input, signal }) => generator.load(input, signal)),
    unload: os.unload.handler(() => generator.unload()),
    countTokens: os.countTokens.handler(({ input }) => generator.countTokens(input.texts)),
    countPromptTokens: os.countPromptTokens.handler(({ input }) => generator.countPromptTokens(input)),
    generate: os.generate.handler(({ input, signal }) => events((emit, stop) => generator.generate(input, { signal: stop, emit }), signal)),
    probe: os.probe.handler(({ input, signal }) => events((emit, stop) => generator.probe(input, { signal: stop, emit }), signal)),
  });
}

async function* events<T>(work: (emit: (event: T) => void, signal: AbortSignal) => Promise<void>, signal: AbortSignal | undefined): AsyncGenerator<T, void, void> {
  try {
    yield* pump<T>(work, signal);
  } catch (error) {
    throw toWorkerError(error);
  }
}
