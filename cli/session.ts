import { join } from "node:path";
import envPaths from "env-paths";
import type { EngineClient } from "../engine/contract/index.ts";
import { variable } from "../engine/base/environment.ts";
import { createEngine, type Engine } from "../engine/engine.ts";
import { createNodeWorkerHost } from "../engine/workers/node-host.ts";
import type { Terminal } from "./terminal.ts";

export interface GlobalOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  /** Where the library's tables are, instead of what the settings say. */
  readonly store?: string;
}

/** What every command gets: an engine on the chosen workspace, the terminal, and the signal of Ctrl-C. */
export interface Session {
  readonly engine: Engine;
  readonly client: EngineClient;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

export interface Installation {
  /** Folder with models/, package.json and out/. */
  readonly resources: string;
  readonly version: string;
}

/** --workspace, else LOREKEEP_WORKSPACE, else the platform's place for application data. The desktop app uses the same rule. */
function workspaceFolder(given: string | undefined): string {
  return given ?? variable(process.env, "LOREKEEP_WORKSPACE") ?? envPaths("Lorekeep", { suffix: "" }).data;
}

/** Opens the engine, runs the command, closes the engine, whatever happens. */
export async function withEngine<T>(setup: { installation: Installation; globals: GlobalOptions; terminal: Terminal; signal: AbortSignal; hostKind?: "cli" | "serve" }, work: (session: Session) => Promise<T>): Promise<T> {
  const { installation, globals, terminal, signal } = setup;
  const engine = await createEngine({
    workspace: workspaceFolder(globals.workspace),
    hostKind: setup.hostKind ?? "cli",
    workerHost: createNodeWorkerHost(join(installation.resources, "out", "workers")),
    resources: installation.resources,
    version: installation.version,
    store: globals.store ?? variable(process.env, "LOREKEEP_STORE"),
  });
  try {
    for (const notice of engine.notices.list) terminal.say(notice.text);
    return await work({ engine, client: engine.client, terminal, signal });
  } finally {
    await engine.dispose();
  }
}
