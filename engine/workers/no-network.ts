import dgram from "node:dgram";
import net from "node:net";

/**
 * Default-deny in every worker: whatever a parser, a model file or a library tries, no socket leaves this process. Named pipes and Unix
 * sockets are local and stay open; the worker's own channel to its host is neither. Patching the prototype is the one place below every
 * HTTP client of Node (http, https, fetch, ws); a utilityProcess of Electron has Chromium's network as well, which the shell blocks.
 */
export function denyNetwork(): void {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function deny(this: net.Socket, ...args: Parameters<typeof connect>) {
    if (isLocalPipe(args)) return connect.apply(this, args);
    process.nextTick(() => this.destroy(new Error("Workers of Lorekeep have no network.")));
    return this;
  } as typeof connect;
  dgram.createSocket = () => {
    throw new Error("Workers of Lorekeep have no network.");
  };
}

/** net's own normalised form is [[options, callback]]; the public forms are (options), (path), (port, host). */
function isLocalPipe(args: unknown[]): boolean {
  const [first] = args;
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options === "string") return Number.isNaN(Number(options));
  return typeof options === "object" && options !== null && "path" in options && typeof options.path === "string";
}
