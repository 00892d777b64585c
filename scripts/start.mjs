// `npm start`: builds what is stale and opens Lorekeep: in the desktop window where Electron can run, else in the browser, saying why.
// `npm run demo` (`--demo`) does the same on a throw-away workspace. What follows `--` is passed on.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfStale } from "./build.mjs";
import { createDemoWorkspace } from "./demo.mjs";
import { findElectron } from "./electron-runtime.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** A window that ends this soon with an error never was one. */
const AT_ONCE_MS = 5000;

const passedOn = process.argv.slice(2).filter((argument) => argument !== "--demo" && argument !== "--");
const demo = process.argv.includes("--demo");

/** Runs a program on this terminal and waits. Ctrl-C reaches it by itself (same process group); a signal sent to us alone is passed on. */
function run(program, args, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: process.cwd(), stdio: "inherit", env: environment });
    const passOn = () => child.kill("SIGTERM");
    const wait = () => undefined;
    process.on("SIGTERM", passOn).on("SIGHUP", passOn).on("SIGINT", wait);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGTERM", passOn).off("SIGHUP", passOn).off("SIGINT", wait);
      resolve({ code, signal });
    });
  });
}

async function open(environment) {
  const electron = findElectron(environment);
  let why = electron.why;
  if (electron.path) {
    const started = Date.now();
    const { code, signal } = await run(electron.path, [root, ...passedOn], environment);
    if (code === 0 || Date.now() - started > AT_ONCE_MS) return code ?? 1;
    why = `Electron ended at once (${signal ?? `exit code ${code}`}; on some systems its sandbox is not allowed)`;
  }
  console.error(`No desktop window, since ${why}; opening in the browser instead.`);
  const { code, signal } = await run(process.execPath, [join(root, "cli", "bin.mjs"), "serve", "--open", ...passedOn], environment);
  return signal === null ? (code ?? 1) : 130;
}

if (await buildIfStale()) console.error("Built.");
const prepared = demo ? createDemoWorkspace() : undefined;
try {
  process.exitCode = await open({ ...process.env, ...(prepared ? { LOREKEEP_WORKSPACE: prepared.workspace } : {}) });
} finally {
  prepared?.remove();
}
