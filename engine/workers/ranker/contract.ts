import { oc } from "@orpc/contract";
import { z } from "zod";

/** A GGUF that ranks, and how it is run. */
export const rankerSpec = z.object({
  path: z.string(),
  /** "auto" tries the GPU and falls back; "off" stays on the CPU. */
  gpu: z.enum(["auto", "off"]),
  threads: z.number().int().positive(),
});
export type RankerSpec = z.infer<typeof rankerSpec>;

/** The ranker has a process of its own, so that it neither pushes the chat model out of its memory nor waits for an answer that is being written. */
export const rankerContract = {
  /** Loads a model in place of the one before; the one that is loaded already stays. */
  load: oc.input(rankerSpec).output(z.object({ loadMs: z.number() })),
  /** One score per text, 0..1, higher fits the question better. Stops between texts. Question and text are cut where the model reads no further. */
  rank: oc.input(z.object({ question: z.string(), texts: z.array(z.string()).max(200) })).output(z.object({ scores: z.array(z.number()) })),
};
