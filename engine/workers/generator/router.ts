import { implement, onError } from "@orpc/server";
import { pump } from "../../base/pump.ts";
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

async function* events(generator: Generator, input: GenerateInput, signal: AbortSignal | undefined): AsyncGenerator<GenerateEvent, void, void> {
  try {
    yield* pump<GenerateEvent>((emit, stop) => generator.generate(input, { signal: stop, emit }), signal);
  } catch (error) {
    throw toWorkerError(error);
  }
}
