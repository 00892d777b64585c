import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { workspaceFolder } from "../engine/base/workspace-folder.ts";

export interface ShellArguments {
  /** Absolute. */
  readonly workspace: string;
  /** Files and folders to add, absolute. */
  readonly paths: readonly string[];
}

/**
 * What was asked for on the command line: `lorekeep-app [--workspace DIR] [PATH…]`. Chromium's own switches are left alone.
 * @param argv without the executable and, where the app is not packaged, with the app's folder, which is left out as `appPath`
 */
export function readArguments(argv: readonly string[], { cwd, appPath, environment }: { cwd: string; appPath: string; environment: Readonly<Record<string, string | undefined>> }): ShellArguments {
  const paths: string[] = [];
  let workspace: string | undefined;
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? "";
    if (argument === "--workspace") workspace = argv[++at];
    else if (argument.startsWith("--workspace=")) workspace = argument.slice("--workspace=".length);
    else if (!argument.startsWith("-") && resolve(cwd, argument) !== resolve(appPath) && existsSync(resolve(cwd, argument))) paths.push(resolve(cwd, argument));
  }
  return { workspace: workspaceFolder(workspace === "" ? undefined : workspace, { cwd, environment }), paths };
}

/** A short name for a workspace: the shell keeps its own files, and its single-instance lock, once per workspace. */
export const workspaceKey = (workspace: string): string => createHash("sha256").update(workspace).digest("hex").slice(0, 12);
