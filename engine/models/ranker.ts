import { stat } from "node:fs/promises";
import { fromFileSystem, LorekeepError } from "../base/errors.ts";
import type { RankerSpec, rankerContract } from "../workers/ranker/contract.ts";
import type { WorkerHost } from "../workers/host.ts";
import { Supervisor, type WorkerState } from "../workers/supervisor.ts";

export interface RankerOptions {
  readonly host: WorkerHost;
  /** Milliseconds without a question after which its memory is given back. Default five minutes. */
  readonly idleMs?: number;
}

const LOAD_MS = 120_000;
const RANK_MS = 60_000;
const MEBIBYTE = 2 ** 20;
/** Node and the runtime's own buffers, beyond the weights. */
const SLACK_MB = 1024;

/** A GGUF reranker in a process of its own, beside the chat model and never in its place. A GPU that kills it is not tried again. */
export class Ranker {
  private readonly supervisor: Supervisor<typeof rankerContract>;
  private memoryMb = SLACK_MB;
  private gpuGivenUp = false;

  constructor({ host, idleMs = 300_000 }: RankerOptions) {
    this.supervisor = new Supervisor(host, "ranker", { memoryMb: () => this.memoryMb, idleMs, startMs: 30_000 });
  }

  /** The process, for the status page. */
  get worker(): WorkerState {
    return this.supervisor.state;
  }

  /** Loads the model where it is not loaded; goes on when nobody waits any more, so that the next question finds it. @throws LorekeepError NOT_FOUND, MODEL_REFUSED, MODEL_FAILED */
  async prepare(spec: RankerSpec): Promise<void> {
    const { size } = await stat(spec.path).catch((error: unknown) => { throw fromFileSystem(error, spec.path); });
    this.memoryMb = Math.ceil((size * 1.2) / MEBIBYTE) + SLACK_MB;
    const load = (gpu: RankerSpec["gpu"]) => this.supervisor.call((client, stop) => client.load({ ...spec, gpu }, { signal: stop }), { deadlineMs: LOAD_MS });
    const gpu = this.gpuGivenUp ? "off" : spec.gpu;
    try {
      await load(gpu);
    } catch (error) {
      const killed = error instanceof LorekeepError && (error.code === "WORKER_DIED" || error.code === "TIMED_OUT");
      if (!killed || gpu === "off") throw error;
      await load("off");
      this.gpuGivenUp = true;
    }
  }

  /** One score per text, 0..1. @throws what {@link prepare} throws; AbortError at the signal, between two texts. */
  async score(spec: RankerSpec, question: string, texts: readonly string[], signal: AbortSignal): Promise<readonly number[]> {
    await this.prepare(spec);
    signal.throwIfAborted();
    return (await this.supervisor.call((client, stop) => client.rank({ question, texts: [...texts] }, { signal: stop }), { deadlineMs: RANK_MS, signal })).scores;
  }

  dispose(): void {
    this.supervisor.dispose();
  }
}
