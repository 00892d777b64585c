// `npm start`: builds what is stale and opens Lorekeep: in the desktop window where Electron can run, else in the browser, saying why.
// `npm run demo` (`--demo`) does the same on a throw-away workspace. What follows `--` is passed on.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfStale } from "./build.mjs";
import { run } from "./child.mjs";
import { withDemoWorkspace } from "./demo.mjs";
import { findElectron } from "./electron-runtime.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** A window that ends this soon with an error never was one. */
const AT_ONCE_MS = 5000;

const passedOn = process.argv.slice(2).filter((argument) => argument !== "--demo" && argument !== "--");

/** Opens it and waits until it is closed. @returns the exit code */
async function open(env) {
  const electron = findElectron(env);
  let why = electron.why;
  if (electron.path) {
    const started = Date.now();
    const { code, signal, stopped } = await run(electron.path, [root, ...passedOn], { env });
    if (code === 0 || stopped || Date.now() - started > AT_ONCE_MS) return code ?? 1;
    why = `Electron ended at once (${signal ?? `exit code ${code}`}; on some systems its sandbox is not allowed)`;
  }
  console.error(`No desktop window, since ${why}; opening in the browser instead.`);
  const { code } = await run(process.execPath, [join(root, "cli", "bin.mjs"), "serve", "--open", ...passedOn], { env });
  return code ?? 1;
}

if (await buildIfStale()) console.error("Built.");
process.exitCode = process.argv.includes("--demo")
  ? await withDemoWorkspace((workspace) => open({ ...process.env, LOREKEEP_WORKSPACE: workspace }))
  : await open(process.env);
