import { freemem, totalmem, availableParallelism, platform, release } from "node:os";
import type { Emitter } from "./base/emitter.ts";
import { compileSchema } from "./base/json-schema.ts";
import type { Network } from "./base/network.ts";
import type { Notices } from "./base/notices.ts";
import { os, stream } from "./contract/server.ts";
import type { ChangeEvent, SystemStatus } from "./contract/system.ts";

export interface SystemParts {
  readonly network: Network;
  readonly notices: Notices;
  readonly changes: Emitter<ChangeEvent>;
  /** What the rooms know about themselves. */
  readonly describe: () => Promise<Omit<SystemStatus, "platform" | "node" | "cores" | "memory" | "notices">>;
}

/** What the machine and the engine are doing, what changed, and the ledger of the network. */
export function systemRoutes({ network, notices, changes, describe }: SystemParts) {
  return {
    status: os.system.status.handler(async () => ({
      ...(await describe()),
      platform: `${platform()} ${release()}`,
      node: process.versions.node,
      cores: availableParallelism(),
      memory: { totalBytes: totalmem(), freeBytes: freemem() },
      notices: [...notices.list],
    })),
    changes: os.system.changes.handler(({ signal }) => stream(changes.stream(signal))),
    network: os.system.network.handler(({ input }) => network.recent(input.limit)),
    dismissNotice: os.system.dismissNotice.handler(({ input }) => notices.dismiss(input.id)),
    checkSchema: os.system.checkSchema.handler(({ input }) => void compileSchema(input.jsonSchema)),
  };
}
