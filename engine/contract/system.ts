import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { errorMap } from "./errors.ts";
import { answerSchema } from "./json-schema.ts";
import { queueProgress } from "./library.ts";
import { runtimeState } from "./models.ts";

const base = oc.errors(errorMap);

export const workerState = z.object({ name: z.string(), state: z.enum(["stopped", "starting", "ready"]), pid: z.number().optional(), restarts: z.number(), lastDeath: z.string().optional() });

/** Something the engine has to tell a person: a file set aside, a folder that vanished. */
export const notice = z.object({ id: z.string(), level: z.enum(["info", "warning"]), text: z.string(), time: z.string() });

export const systemStatus = z.object({
  version: z.string(),
  host: z.enum(["electron", "serve", "cli", "test"]),
  workspace: z.string(),
  platform: z.string(),
  node: z.string(),
  cores: z.number().int(),
  memory: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
  embedder: z.object({ name: z.string(), identity: z.string(), dimensions: z.number().int() }),
  documents: z.number().int(), indexed: z.number().int(), failed: z.number().int(), passages: z.number().int(),
  indexBytes: z.number(),
  /** Where passages and vectors are kept. `remote`: not on this machine. */
  store: z.object({ uri: z.string(), kind: z.enum(["folder", "object storage", "server"]), remote: z.boolean() }),
  queue: queueProgress,
  runtime: runtimeState,
  workers: z.array(workerState),
  notices: z.array(notice),
});
export type SystemStatus = z.infer<typeof systemStatus>;

/** One attempt to reach the network, as the ledger keeps it. */
export const networkAttempt = z.object({ time: z.string(), method: z.string(), url: z.string(), purpose: z.string(), outcome: z.string(), bytes: z.number() });

/** What changed, so that the face asks again for just that. */
export const changeEvent = z.object({ topic: z.enum(["documents", "collections", "folders", "conversations", "models", "downloads", "settings", "notices", "evaluation", "comparisons"]), id: z.string().optional() });
export type ChangeEvent = z.infer<typeof changeEvent>;

export const systemContract = {
  status: base.output(systemStatus),
  changes: base.output(eventIterator(changeEvent)),
  network: base.input(z.object({ limit: z.number().int().min(1).max(5000).default(500) }).prefault({})).output(z.array(networkAttempt)),
  dismissNotice: base.input(z.object({ id: z.string() })).output(z.void()),
  /** INVALID, with the reason, where it is no JSON schema: said while it is written, before it is kept. */
  checkSchema: base.input(z.object({ jsonSchema: answerSchema })).output(z.void()),
};
