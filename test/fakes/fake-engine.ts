import { os } from "../../engine/contract/server.ts";
import { answerHandlers } from "./fake-answers.ts";
import { compareHandlers } from "./fake-compare.ts";
import { evaluationHandlers } from "./fake-evaluation.ts";
import { languageHandlers } from "./fake-languages.ts";
import { libraryHandlers, seedLibrary } from "./fake-library.ts";
import { modelHandlers, seedModels, systemHandlers } from "./fake-models.ts";
import { tuneHandlers } from "./fake-tune.ts";
import { FakeWorld } from "./fake-world.ts";

export interface FakeOptions {
  /** Starts without documents and conversations. */
  empty?: boolean;
  /** Starts without models, as a fresh installation does. */
  noModels?: boolean;
  /** That many small documents on top. */
  many?: number;
  /** Milliseconds per step of work and per word of an answer. */
  stepMs?: number; tokenMs?: number;
}

/** The whole contract, in memory and validated, with canned documents: what the face is built and tested against without waiting for a model. */
export function createFakeEngine(options: FakeOptions = {}) {
  const world = new FakeWorld({ stepMs: options.stepMs ?? 120, tokenMs: options.tokenMs ?? 12 });
  seedLibrary(world, { empty: options.empty ?? false, many: options.many ?? 0 });
  if (!options.noModels) seedModels(world);
  const router = os.router({ ...libraryHandlers(world), ...languageHandlers(world), ...answerHandlers(world), compare: compareHandlers(world), evaluation: evaluationHandlers(world), models: modelHandlers(world), tune: tuneHandlers(world), ...systemHandlers(world) });
  return { router, world, dispose: () => { world.disposed = true; } };
}
