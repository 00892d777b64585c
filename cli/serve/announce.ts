import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { Served } from "../serve.ts";

export interface AnnounceOptions {
  /** Also opens the face in the person's browser, with a link of its own: each works once. */
  readonly open: boolean;
  readonly say: (line: string) => void;
  /** Where Enter asks for a fresh link; nothing is read where it is no terminal. */
  readonly input: NodeJS.ReadStream;
  readonly signal: AbortSignal;
}

/** Tells a person how to get in, and makes a fresh link whenever they press Enter. Listens until `signal` aborts. */
export function announce(served: Served, { open, say, input, signal }: AnnounceOptions): void {
  say(`Lorekeep is open on this machine only. Your link, good for one browser:\n\n  ${served.url}\n`);
  if (open && !openBrowser(served.newLink())) say("There is no browser here to open it in.");
  if (!input.isTTY) return;
  say("Enter prints another link, Ctrl-C ends.");
  const lines = createInterface({ input });
  lines.on("line", () => say(`\n  ${served.newLink()}\n`));
  // readline takes Ctrl-C for itself; the process has its own way of ending.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  signal.addEventListener("abort", () => lines.close(), { once: true });
}

/** False where this machine has no browser that we know how to open, as far as can be told before trying. */
function openBrowser(url: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  const opener = browserOpener(process.platform, environment);
  if (!opener) return false;
  const child = spawn(opener.command, [...opener.args, url], { detached: true, stdio: "ignore" });
  child.on("error", () => undefined); // The link is printed as well, so a person can still follow it.
  child.unref();
  return true;
}

/** The command that opens an address. The URL is an argument of its own, never part of a shell's line. */
export function browserOpener(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): { command: string; args: string[] } | undefined {
  if (platform === "darwin") return { command: "open", args: [] };
  if (platform === "win32") return { command: "rundll32", args: ["url.dll,FileProtocolHandler"] };
  const hasDisplay = Boolean(environment.DISPLAY ?? environment.WAYLAND_DISPLAY);
  return hasDisplay && onPath("xdg-open", environment) ? { command: "xdg-open", args: [] } : undefined;
}

function onPath(name: string, { PATH = "" }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });
}
