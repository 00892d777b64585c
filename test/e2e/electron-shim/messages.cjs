"use strict";
// Test only. How fork.cjs and child.mjs write messages to each other: as JSON, over the child's IPC channel.
//
// NO v8.serialize IN THE OLD ELECTRON. `serialization: "advanced"` would carry every value as a port does, but it sends with v8.serialize,
// and Electron 22.3.6 and later 22s free its buffers with the wrong length: the first garbage collection after a few messages ends the main
// process with SIGTRAP (https://github.com/electron/electron/pull/37774, https://github.com/microsoft/vscode/pull/179991). Ends with the old
// runtime: in the current one no shim is needed. JSON loses nothing here: what goes over the ports is oRPC's, a string or bytes.

const bytesOf = (data) => (data instanceof ArrayBuffer ? new Uint8Array(data) : data instanceof Uint8Array ? data : undefined);

exports.pack = (data) => {
  const bytes = bytesOf(data);
  return bytes ? { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") } : { data };
};
exports.unpack = (packed) => ("bytes" in packed ? Uint8Array.from(Buffer.from(packed.bytes, "base64")) : packed.data);
