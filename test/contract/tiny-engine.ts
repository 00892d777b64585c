import { Emitter } from "../../engine/base/emitter.ts";
import { LorekeepError } from "../../engine/base/errors.ts";
import type { ChangeEvent, Collection, EngineClient, QueueProgress } from "../../engine/contract/index.ts";
import { os } from "../../engine/contract/server.ts";

/** What the procedures saw. Asked for through the contract itself, so that a test can look from the other side of any transport. */
export interface Probes {
  /** Calls of `queue.idle` and `system.changes`. */
  started: number;
  /** Of those, how many were ended by their caller or the transport. */
  ended: number;
}

const progress = (done: number): QueueProgress => ({ paused: false, waiting: 0, active: 0, done, failed: 0, current: [], passagesPerSecond: 0 });

/**
 * A few procedures of the contract with a behaviour the transport tests can steer: endless and counted streams, slow calls, expected and
 * unexpected failures. Handlers go through the same `os` as the engine's own, so errors are mapped by the product's code.
 */
export function createTinyEngine() {
  const probes: Probes = { started: 0, ended: 0 };
  const changes = new Emitter<ChangeEvent>();
  const collections: Collection[] = [];
  const router = {
    collections: {
      list: os.collections.list.handler(() => collections),
      create: os.collections.create.handler(({ input }) => {
        if (collections.some(({ name }) => name === input.name)) {
          throw new LorekeepError("CONFLICT", { reason: `There is a collection ${input.name} already.`, next: "Choose another name.", field: "name" });
        }
        const made: Collection = { id: `c${collections.length}`, name: input.name, private: input.private, created: new Date(0).toISOString(), documents: 0, passages: 0, isDefault: false };
        collections.push(made);
        changes.emit({ topic: "collections", id: made.id });
        return made;
      }),
      remove: os.collections.remove.handler(() => {
        throw new TypeError("a bug with /secret/path in its text");
      }),
    },
    queue: {
      /** Counts to a thousand, as fast as it is read. */
      watch: os.queue.watch.handler(async function* () {
        for (let done = 0; done < 1000; done++) yield progress(done);
      }),
      /** Never answers; ends when its caller stops it. */
      idle: os.queue.idle.handler(async ({ signal }) => {
        probes.started++;
        await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
        probes.ended++;
        throw signal?.reason;
      }),
    },
    system: {
      changes: os.system.changes.handler(async function* ({ signal }) {
        probes.started++;
        try {
          yield* changes.stream(signal);
        } finally {
          probes.ended++;
        }
      }),
      /** The probes, dressed as the ledger. */
      network: os.system.network.handler(({ input }) =>
        Object.entries({ ...probes, limit: input.limit }).map(([purpose, bytes]) => ({ time: "", method: "", url: "", outcome: "", purpose, bytes }))),
    },
    models: {
      /** Two events, then the failure of a file that is not there. */
      import: os.models.import.handler(async function* ({ input }) {
        yield { type: "progress" as const, step: "checking" as const, done: 0, total: 2 };
        yield { type: "progress" as const, step: "checking" as const, done: 1, total: 2 };
        throw new LorekeepError("NOT_FOUND", { reason: `There is no such file: ${input.path}.`, next: "Choose another file.", field: "path" });
      }),
    },
  };
  return { router, listening: () => changes.listenerCount, probes };
}

/** The tiny engine's probes as they are now, through its contract. */
export async function readProbes(client: EngineClient): Promise<Probes> {
  const entries = await client.system.network();
  const count = (name: string) => entries.find(({ purpose }) => purpose === name)?.bytes ?? Number.NaN;
  return { started: count("started"), ended: count("ended") };
}
