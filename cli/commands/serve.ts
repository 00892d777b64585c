import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LorekeepError } from "../../engine/base/errors.ts";
import { serve } from "../serve.ts";
import type { Installation, Session } from "../session.ts";

/** lorekeep serve: the app in the browser until Ctrl-C. Enter prints a fresh link, since every link opens one browser. */
export async function serveCommand({ engine, terminal, signal }: Session, installation: Installation, options: { port: number; open?: boolean }): Promise<void> {
  const rendererFolder = join(installation.resources, "out", "renderer");
  if (!existsSync(join(rendererFolder, "index.html"))) throw new LorekeepError("NOT_FOUND", { reason: "The face is not built.", next: "Run `npm run build` first." });
  const served = await serve({ engine, rendererFolder, port: options.port, onError: (error) => terminal.say(`Inside: ${error instanceof Error ? error.message : String(error)}`) });
  terminal.say(`Lorekeep is open on this machine only. Your link, good for one browser:\n\n  ${served.url}\n`);
  terminal.result({ url: served.url, port: served.port });
  if (options.open) openBrowser(served.url);
  const keys = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  if (keys) terminal.say("Enter prints another link, Ctrl-C ends.");
  keys?.on("line", () => terminal.say(`\n  ${served.newLink()}\n`));
  keys?.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  keys?.close();
  await served.close();
}

/** Opens the person's browser where there is one; without one the printed link is all that is needed. */
function openBrowser(url: string): void {
  const [command, ...args] = process.platform === "darwin" ? ["open", url] : process.platform === "win32" ? ["cmd", "/c", "start", "", url] : ["xdg-open", url];
  if (!command) return;
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.once("error", () => undefined); // No browser to open: the link stands in the terminal.
  child.unref();
}
