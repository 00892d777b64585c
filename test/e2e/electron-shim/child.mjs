// Test only, the other half of fork.cjs: gives the entry a process.parentPort like a utility process has, then runs it.
import { EventEmitter } from "node:events";
import { pathToFileURL } from "node:url";
import { pack, unpack } from "./messages.cjs";

/** Keeps messages until somebody listens (parentPort) or start() is called (a port), as Electron does. */
class Port extends EventEmitter {
  #waiting = [];
  #open = false;
  constructor(send) {
    super();
    this.postMessage = send;
  }
  receive(event) {
    if (this.#open) this.emit("message", event);
    else this.#waiting.push(event);
  }
  start() {
    this.#open = true;
    for (const event of this.#waiting.splice(0)) this.emit("message", event);
  }
}

const ports = new Map();
const parentPort = new Port((data) => process.send({ kind: "message", ...pack(data) }));
parentPort.on("newListener", (event) => event === "message" && setImmediate(() => parentPort.start()));
process.parentPort = parentPort;

process.on("message", ({ kind, id, ports: ids = [], ...packed }) => {
  if (kind === "port") ports.get(id)?.receive({ data: unpack(packed), ports: [] });
  else if (kind === "close") {
    ports.get(id)?.emit("close");
    ports.delete(id);
  } else {
    const given = ids.map((portId) => {
      const port = new Port((message) => process.connected && process.send({ kind: "port", id: portId, ...pack(message) }, () => undefined));
      port.close = () => process.connected && process.send({ kind: "close", id: portId }, () => undefined);
      ports.set(portId, port);
      return port;
    });
    parentPort.receive({ data: unpack(packed), ports: given });
  }
});
process.on("disconnect", () => process.exit(0));
await import(pathToFileURL(process.argv[2]));
