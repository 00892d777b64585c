// Preloaded into a process (node --require): whatever starts a child there, by any function of node:child_process, leaves a line in the
// file named by CHILDREN_LOG and fails. AS_ELECTRON makes libraries believe they run inside Electron.
const childProcess = require("node:child_process");
const { appendFileSync } = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const log = process.env.CHILDREN_LOG;
const refuse = (how) => {
  appendFileSync(log, `${how}\n`);
  throw new Error(`A child was started: ${how}`);
};
appendFileSync(log, "watching\n");
// Below fork, spawn, exec and execFile; the synchronous ones have no such common place.
childProcess.ChildProcess.prototype.spawn = ({ file, args }) => refuse(`${file} ${args.join(" ")}`);
for (const name of ["spawnSync", "execSync", "execFileSync"]) childProcess[name] = (file) => refuse(`${name} ${file}`);
syncBuiltinESMExports();
if (process.env.AS_ELECTRON) {
  // `import("electron")` finds the package of that name, not the built-in module: with this it downloads nothing and is a path, so it has
  // no `utilityProcess`, which inside a utility process the built-in one has not either.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = "nowhere";
  Object.defineProperty(process.versions, "electron", { value: process.env.AS_ELECTRON, enumerable: true });
}
