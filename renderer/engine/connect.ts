import { createORPCClient, type ClientContext, type ClientLink, type ClientOptions } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { EngineClient } from "../../engine/contract/index.ts";
import { pageMessages } from "../../engine/contract/shell.ts";
import { ConnectionLostError, isAborted } from "./failure.ts";
import { shell } from "./shell.ts";

type Link = ClientLink<ClientContext>;

/** connecting: never yet online; reconnecting: the line was cut and is being restored. */
export type ConnectionState = "connecting" | "online" | "reconnecting";

export interface Connection {
  /** Stays the same over reconnections: calls made while the line is down wait for it; calls under way when it is cut reject with {@link ConnectionLostError}. */
  readonly client: EngineClient;
  state(): ConnectionState;
  /** Called on every change of state; returns a function that stops listening. */
  subscribe(listener: () => void): () => void;
  dispose(): void;
}

/** The line itself: hands over each link that comes up, and says when it went down. */
type Transport = (up: (link: Link) => void, down: () => void) => () => void;

/** In the shell: ports come from the main process, a new one after each start of the engine. In a browser: a websocket to where the page came from. */
export function connect(): Connection {
  return connectOver(shell() ? portTransport : socketTransport);
}

function connectOver(transport: Transport): Connection {
  const listeners = new Set<() => void>();
  let state: ConnectionState = "connecting";
  let current: { link: Link; lost: AbortController } | undefined;
  let waiting: ((live: { link: Link; lost: AbortController }) => void)[] = [];
  const set = (next: ConnectionState) => { state = next; for (const listener of [...listeners]) listener(); };

  const live = (signal: AbortSignal | undefined) => current ? Promise.resolve(current) : new Promise<{ link: Link; lost: AbortController }>((resolve, reject) => {
    waiting.push(resolve);
    signal?.addEventListener("abort", () => reject(new DOMException("Stopped", "AbortError")), { once: true });
  });
  const stop = transport(
    (link) => {
      current?.lost.abort();
      current = { link, lost: new AbortController() };
      const ready = waiting;
      waiting = [];
      for (const resolve of ready) resolve(current);
      set("online");
    },
    () => {
      current?.lost.abort();
      current = undefined;
      set(state === "connecting" ? "connecting" : "reconnecting");
    },
  );
  const link: Link = {
    async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>) {
      const { link: now, lost } = await live(options.signal);
      return guard(() => now.call(path, input, options), lost.signal, options.signal);
    },
  };
  return { client: createORPCClient<EngineClient>(link), state: () => state, subscribe: (listener) => { listeners.add(listener); return () => listeners.delete(listener); }, dispose: stop };
}

/** A cut line rejects its calls as if they had been stopped by the caller. Tells the two apart, for single answers and for streams. */
async function guard(run: () => Promise<unknown>, lost: AbortSignal, stopped: AbortSignal | undefined): Promise<unknown> {
  const explain = (error: unknown): unknown => (lost.aborted && !stopped?.aborted && (isAborted(error) || !(error instanceof Error) || error.message.includes("not open")) ? new ConnectionLostError() : error);
  try {
    const output = await run();
    if (!isStream(output)) return output;
    return guardStream(output, explain);
  } catch (error) {
    throw explain(error);
  }
}

async function* guardStream(stream: AsyncIterable<unknown>, explain: (error: unknown) => unknown): AsyncGenerator<unknown> {
  try {
    yield* stream;
  } catch (error) {
    throw explain(error);
  }
}

const isStream = (value: unknown): value is AsyncIterable<unknown> => typeof value === "object" && value !== null && Symbol.asyncIterator in value;

const portTransport: Transport = (up, down) => {
  let port: MessagePort | undefined;
  /** A port says nothing when its other end dies (Chrome before 122), so its link is told to give up when the next one comes. */
  const drop = () => {
    if (!port) return;
    down();
    port.dispatchEvent(new Event("close"));
    port.close();
    port = undefined;
  };
  const onMessage = (event: MessageEvent<unknown>) => {
    if (event.source !== window || typeof event.data !== "object" || event.data === null || !("type" in event.data)) return;
    if (event.data.type === pageMessages.gone) return drop();
    if (event.data.type !== pageMessages.port) return;
    const [next] = event.ports;
    if (!next) return;
    drop();
    port = next;
    next.start();
    up(new PortLink({ port: next }));
  };
  window.addEventListener("message", onMessage);
  // Ends the calls of a page that goes away; and Electron 22 crashes one that goes while something listens to its port's "close".
  window.addEventListener("pagehide", drop);
  window.postMessage({ type: pageMessages.ready }, "*");
  return () => { window.removeEventListener("message", onMessage); window.removeEventListener("pagehide", drop); drop(); };
};

const socketTransport: Transport = (up, down) => {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let over = false;
  const open = () => {
    const address = new URL("rpc", window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.hash = "";
    const mine = new WebSocket(address);
    socket = mine;
    // Frames must be handled in the order they came; a Blob would be read asynchronously.
    mine.binaryType = "arraybuffer";
    mine.addEventListener("open", () => { attempt = 0; up(new SocketLink({ websocket: mine })); });
    mine.addEventListener("close", () => {
      if (over) return;
      down();
      timer = setTimeout(open, Math.min(8000, 250 * 2 ** attempt++));
    });
  };
  open();
  return () => { over = true; clearTimeout(timer); socket?.close(); };
};
