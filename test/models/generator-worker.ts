import type { InferContractRouterInputs, InferContractRouterOutputs } from "@orpc/contract";
import type { WorkerHost, WorkerProcess } from "../../engine/workers/host.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { Supervisor } from "../../engine/workers/supervisor.ts";
import type { generatorContract, GenerateEvent, Probed } from "../../engine/workers/generator/contract.ts";
import { fixture, workersFolder } from "../data.ts";

export const toyBase = fixture("toy-world", "models", "toy-world-base-q8.gguf");
export const toyLora = fixture("toy-world", "models", "toy-world-lora-v1.gguf");

type Inputs = InferContractRouterInputs<typeof generatorContract>;
type Outputs = InferContractRouterOutputs<typeof generatorContract>;

export const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, maxTokens: 80, stop: [] as string[] };
export const question = {
  system: "You are Lorekeep, a private assistant on this computer. Be short and exact.",
  history: [] as Inputs["generate"]["history"], prompt: "Who is the mayor of Selalson?", adapters: [] as Inputs["generate"]["adapters"], sampling,
};

export interface Answer {
  readonly text: string;
  readonly pieces: number;
  readonly done: Extract<GenerateEvent, { type: "done" }>;
}

/** The real generator worker behind its real supervisor, with short calls for tests. */
export class GeneratorUnderTest {
  readonly processes: WorkerProcess[] = [];
  readonly supervisor: Supervisor<typeof generatorContract>;

  constructor(host: WorkerHost = createNodeWorkerHost(workersFolder)) {
    const remembering: WorkerHost = {
      spawn: (name, options) => {
        const process = host.spawn(name, options);
        this.processes.push(process);
        return process;
      },
    };
    this.supervisor = new Supervisor(remembering, "generator", { memoryMb: 3000, idleMs: 0, startMs: 30_000 });
  }

  load(input: Partial<Inputs["load"]> = {}): Promise<Outputs["load"]> {
    const full = { path: toyBase, gpu: "off" as const, threads: 1, fallbackTemplate: "chatml" as const, ...input };
    return this.supervisor.call((client, signal) => client.load(full, { signal }), { deadlineMs: 60_000 });
  }

  countTokens(...texts: string[]): Promise<number[]> {
    return this.supervisor.call((client, signal) => client.countTokens({ texts }, { signal }), { deadlineMs: 30_000 });
  }

  countPromptTokens(input: Partial<Inputs["generate"]> = {}): Promise<number> {
    return this.supervisor.call((client, signal) => client.countPromptTokens({ ...question, ...input }, { signal }), { deadlineMs: 30_000 });
  }

  answer(input: Partial<Inputs["generate"]> = {}, options: { signal?: AbortSignal; onText?: (text: string) => void } = {}): Promise<Answer> {
    return this.supervisor.call(async (client, signal) => {
      const texts: string[] = [];
      let done: Answer["done"] | undefined;
      for await (const event of await client.generate({ ...question, ...input }, { signal })) {
        if (event.type === "done") done = event;
        else if (event.type === "text") {
          texts.push(event.text);
          options.onText?.(event.text);
        }
      }
      if (!done) throw new Error("The stream ended without `done`");
      return { text: texts.join(""), pieces: texts.length, done };
    }, { deadlineMs: 60_000, signal: options.signal });
  }

  probe(input: Partial<Inputs["probe"]> = {}): Promise<Probed[]> {
    return this.supervisor.call(async (client, signal) => {
      const all: Probed[] = [];
      for await (const found of await client.probe({ adapters: [], questions: [{ system: question.system, prompt: question.prompt }], steps: 8, top: 32, sampleTokens: 24, ...input }, { signal })) all.push(found);
      return all;
    }, { deadlineMs: 60_000 });
  }

  dispose(): void {
    this.supervisor.dispose();
  }
}
