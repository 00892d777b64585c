import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { RPCHandler } from "@orpc/server/message-port";
import type { AnyRouter } from "@orpc/server";
import { MessageChannel } from "node:worker_threads";
import type { EngineClient } from "./contract/index.ts";

/**
 * A client in the engine's own process that clones and validates like every other: it talks over a real message channel, so that the
 * terminal and the tests cannot come to rely on shared objects.
 */
export function createInProcessClient(router: AnyRouter): { client: EngineClient; close(): void } {
  const { port1, port2 } = new MessageChannel();
  new RPCHandler(router).upgrade(port1);
  const client: EngineClient = createORPCClient(new RPCLink({ port: port2 }));
  return {
    client,
    close: () => {
      port1.close();
      port2.close();
    },
  };
}
