"use strict";
// Test only. Makes processes as utilityProcess.fork does, but under the machine's own Node: the old Electron's is too old for the engine.
// Ports are carried over the child's IPC channel; the other half is child.mjs beside this file.
const { fork: forkNode } = require("node:child_process");
const { EventEmitter } = require("node:events");
const { join } = require("node:path");
const { pack, unpack } = require("./messages.cjs");

exports.fork = (entry, { execArgv = [], stdio }) => {
  const { NODE_OPTIONS: _, ELECTRON_RUN_AS_NODE: __, ...env } = process.env;
  const child = forkNode(join(__dirname, "child.mjs"), [entry], { execPath: process.env.LOREKEEP_ENGINE_SHIM_NODE, execArgv, env, stdio: ["ignore", stdio, stdio, "ipc"] });
  const seen = new EventEmitter();
  const ports = new Map();
  let lastPort = 0;
  const send = (message) => child.connected && child.send(message, () => undefined);

  child.on("spawn", () => seen.emit("spawn"));
  child.on("message", ({ kind, id, ...packed }) => {
    if (kind === "message") seen.emit("message", unpack(packed));
    else if (kind === "port") ports.get(id)?.postMessage(unpack(packed));
    else if (kind === "close") ports.get(id)?.close();
  });
  child.on("exit", (code) => {
    for (const port of ports.values()) port.close();
    seen.emit("exit", code);
  });
  const carry = (port) => {
    const id = ++lastPort;
    ports.set(id, port);
    port.on("message", ({ data }) => send({ kind: "port", id, ...pack(data) }));
    port.on("close", () => {
      ports.delete(id);
      send({ kind: "close", id });
    });
    port.start();
    return id;
  };
  return Object.assign(seen, {
    stdout: child.stdout,
    stderr: child.stderr,
    pid: child.pid,
    postMessage: (data, transfer = []) => send({ kind: "message", ...pack(data), ports: transfer.map(carry) }),
  });
};
