import { join } from "node:path";
import type { EngineClient } from "../engine/contract/index.ts";
import { variable } from "../engine/base/environment.ts";
import { workspaceFolder } from "../engine/base/workspace-folder.ts";
import { createEngine, type Engine } from "../engine/engine.ts";
import { createNodeWorkerHost } from "../engine/workers/node-host.ts";
import { UsageError, type Terminal } from "./terminal.ts";

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

/** Opens the engine, runs the command, closes the engine, whatever happens. */
export async function withEngine<T>(setup: { installation: Installation; globals: GlobalOptions; terminal: Terminal; signal: AbortSignal; hostKind?: "cli" | "serve" }, work: (session: Session) => Promise<T>): Promise<T> {
  const { installation, globals, terminal, signal } = setup;
  if (globals.workspace === "") throw new UsageError("--workspace needs a folder.");
  const engine = await createEngine({
    workspace: workspaceFolder(globals.workspace, { cwd: process.cwd(), environment: process.env }),
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
