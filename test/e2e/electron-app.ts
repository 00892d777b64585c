import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import { projectRoot } from "../data.ts";

/** The Electron to test with: LOREKEEP_ELECTRON, else the one the package fetched. Undefined where there is none; `why` says so in words. */
export function electronRuntime(): { path: string } | { path: undefined; why: string } {
  const named = process.env.LOREKEEP_ELECTRON;
  if (named) return existsSync(named) ? { path: named } : { path: undefined, why: `LOREKEEP_ELECTRON names ${named}, which is not there` };
  const home = join(projectRoot, "node_modules", "electron");
  const marker = join(home, "path.txt");
  const path = existsSync(marker) ? join(home, "dist", readFileSync(marker, "utf8")) : undefined;
  return path && existsSync(path) ? { path } : { path: undefined, why: "no Electron runtime here: set LOREKEEP_ELECTRON" };
}

export interface Display {
  readonly name: string | undefined;
  stop(): void;
}

/** The display there is, or a virtual one. Undefined where neither can be had. */
export async function startDisplay(): Promise<Display | undefined> {
  if (process.platform !== "linux" || process.env.DISPLAY) return { name: process.env.DISPLAY, stop: () => undefined };
  if (spawnSync("which", ["Xvfb"]).status !== 0) return undefined;
  const server = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const number = await new Promise<string>((resolve, reject) => {
    server.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
    server.once("exit", () => reject(new Error("Xvfb did not start")));
  });
  return { name: `:${number}`, stop: () => void server.kill() };
}

/** One person's machine in a temporary folder: a home, a workspace, and an app folder made of this build with the test page as its face. */
export interface Machine {
  readonly folder: string;
  readonly app: string;
  readonly workspace: string;
  readonly sandboxed: boolean;
  launch(args?: string[]): Promise<{ electron: ElectronApplication; page: Page }>;
  /** Starts it without Playwright, as a person would a second time. */
  start(args?: string[]): ChildProcess;
  /** Processes that have this machine's workspace or app in their command line or environment. */
  processes(): { pid: number; command: string }[];
  remove(): void;
}

interface MachineOptions {
  readonly runtime: string;
  readonly display: Display;
  /** Chromium's sandbox on: as root this needs the user nobody and a copy of the runtime it can read. */
  readonly sandboxed?: boolean;
  /** The built face instead of the test page. */
  readonly face?: boolean;
}

export async function createMachine({ runtime, display, sandboxed = false, face = false }: MachineOptions): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), "lorekeep-electron-"));
  const app = join(folder, "app");
  const workspace = join(folder, "workspace");
  await buildApp(app);
  if (face) {
    rmSync(join(app, "out", "renderer"), { recursive: true });
    cpSync(join(projectRoot, "out", "renderer"), join(app, "out", "renderer"), { recursive: true });
  }
  mkdirSync(join(folder, "home"));
  mkdirSync(workspace);
  const root = process.getuid?.() === 0;
  const executable = sandboxed && root ? asNobody(folder, runtime) : runtime;
  const flags = root && !sandboxed ? ["--no-sandbox"] : [];
  const environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|VITEST|VITE_|ELECTRON_)/.test(name))),
    HOME: join(folder, "home"),
    XDG_CONFIG_HOME: join(folder, "home", ".config"),
    LOREKEEP_WORKSPACE: workspace,
    ...(display.name === undefined ? {} : { DISPLAY: display.name }),
    // The current Electron runs the engine itself; an older one (its Node is too old) through the shim.
    ...(isOld(runtime) ? { LOREKEEP_ENGINE_SHIM: join(projectRoot, "test", "e2e", "electron-shim", "fork.cjs"), LOREKEEP_ENGINE_SHIM_NODE: process.execPath } : {}),
  } as Record<string, string>;
  return {
    folder, app, workspace, sandboxed,
    launch: async (args = []) => {
      const electron = await _electron.launch({ executablePath: executable, args: [...flags, app, ...args], env: environment, chromiumSandbox: flags.length === 0 });
      const page = await electron.firstWindow();
      if (face) await page.locator("[data-composer]").waitFor();
      else await page.waitForFunction(() => window.page?.client !== undefined);
      return { electron, page };
    },
    start: (args = []) => spawn(executable, [...flags, app, ...args], { env: environment, stdio: "ignore" }),
    processes: () => processesOf(folder),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function buildApp(app: string): Promise<void> {
  mkdirSync(join(app, "out", "renderer", "assets"), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string };
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "lorekeep", productName: "Lorekeep", version, main: "out/electron/main.cjs" }));
  for (const part of ["electron", "workers", "chunks"]) symlinkSync(join(projectRoot, "out", part), join(app, "out", part));
  symlinkSync(join(projectRoot, "models"), join(app, "models"));
  const source = join(projectRoot, "test", "e2e", "electron-page");
  cpSync(join(source, "index.html"), join(app, "out", "renderer", "index.html"));
  await build({ entryPoints: [join(source, "page.ts")], outfile: join(app, "out", "renderer", "assets", "page.js"), bundle: true, format: "esm", target: "chrome108", logLevel: "warning" });
}

/** A script that runs the runtime as the user nobody, who owns the machine's folder. Chromium's sandbox refuses to work for root. */
function asNobody(folder: string, runtime: string): string {
  const copy = join(folder, "runtime");
  const linked = spawnSync("cp", ["-al", dirname(runtime), copy]);
  if (linked.status !== 0) cpSync(dirname(runtime), copy, { recursive: true });
  const uid = Number(spawnSync("id", ["-u", "nobody"], { encoding: "utf8" }).stdout);
  for (const part of ["", "home", "workspace"]) chownSync(join(folder, part), uid, uid);
  const script = join(folder, "electron-as-nobody");
  writeFileSync(script, `#!/bin/sh\nexec setpriv --reuid=nobody --regid=nogroup --clear-groups -- '${join(copy, "electron")}' "$@"\n`, { mode: 0o755 });
  return script;
}

function isOld(runtime: string): boolean {
  const version = join(dirname(runtime), "version");
  const major = existsSync(version) ? Number.parseInt(readFileSync(version, "utf8").replace(/^v/, ""), 10) : Number(/electron-(\d+)\./.exec(runtime)?.[1] ?? Number.NaN);
  return major < 30;
}

function processesOf(folder: string): { pid: number; command: string }[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      const own = readFileSync(`/proc/${name}/environ`, "utf8");
      const ours = command.includes(folder) || own.includes(folder) || readlinkSync(`/proc/${name}/cwd`).startsWith(folder);
      return ours && command !== "" ? [{ pid: Number(name), command }] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}
