import envPaths from "env-paths";
import { resolve } from "node:path";
import { variable } from "./environment.ts";

/**
 * Which folder is the workspace, absolute: the one that was given, else LOREKEEP_WORKSPACE, else the platform's place for application data. The
 * terminal and the desktop app go by it, and so find each other's.
 */
export function workspaceFolder(given: string | undefined, { cwd, environment }: { cwd: string; environment: Readonly<Record<string, string | undefined>> }): string {
  return resolve(cwd, given ?? variable(environment, "LOREKEEP_WORKSPACE") ?? envPaths("Lorekeep", { suffix: "" }).data);
}
