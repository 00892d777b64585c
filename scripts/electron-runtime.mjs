// Finds the Electron to open the window with, or says in words why there is none.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const home = join(root, "node_modules", "electron");
const FETCH_MS = 60_000;
/** A download that was refused is not tried again at every start. */
const RETRY_MS = 24 * 60 * 60 * 1000;
const refusedNote = join(root, "node_modules", ".cache", "lorekeep", "electron-refused");
/** Its utility processes have Node 20 from here on; the engine needs that. */
const OLDEST = 30;

/** @returns {{ path: string } | { why: string }} */
export function findElectron(environment = process.env) {
  if (process.platform === "linux" && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) return { why: "there is no display" };
  if (process.platform === "linux" && process.getuid?.() === 0) return { why: "Electron's sandbox does not work for root" };
  const path = environment.LOREKEEP_ELECTRON || installed() || fetched();
  if (!path) return { why: "the Electron runtime is not installed and could not be downloaded" };
  if (!existsSync(path)) return { why: `there is no Electron at ${path}` };
  const major = majorVersion(path);
  return major !== undefined && major < OLDEST ? { why: `Electron ${major} is too old for the engine` } : { path };
}

function installed() {
  const marker = join(home, "path.txt");
  if (!existsSync(marker)) return undefined;
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(home, "dist"), readFileSync(marker, "utf8"));
  return existsSync(path) ? path : undefined;
}

/** Electron's own installer, where npm was told to run no install scripts or its download failed then. */
function fetched() {
  const installer = join(home, "install.js");
  if (!existsSync(installer)) return undefined;
  if (existsSync(refusedNote) && Date.now() - statSync(refusedNote).mtimeMs < RETRY_MS) return undefined;
  console.error("Fetching the Electron runtime (once, about 100 MB) …");
  const { status } = spawnSync(process.execPath, [installer], { cwd: home, timeout: FETCH_MS, stdio: "ignore" });
  if (status === 0) return installed();
  mkdirSync(dirname(refusedNote), { recursive: true });
  writeFileSync(refusedNote, "");
  return undefined;
}

function majorVersion(path) {
  const file = join(dirname(path), "version");
  const text = existsSync(file) ? readFileSync(file, "utf8") : (/electron-v?(\d+)\./.exec(path)?.[1] ?? "");
  const major = Number.parseInt(text.replace(/^v/, ""), 10);
  return Number.isNaN(major) ? undefined : major;
}
