import { existsSync } from "node:fs";
import { join } from "node:path";
import { LorekeepError } from "../../engine/base/errors.ts";
import { announce } from "../serve/announce.ts";
import { serve } from "../serve.ts";
import type { Installation, Session } from "../session.ts";

/** lorekeep serve: the app in the browser until Ctrl-C. Enter prints a fresh link, since every link opens one browser. */
export async function serveCommand({ engine, terminal, signal }: Session, installation: Installation, options: { port: number; open?: boolean }): Promise<void> {
  const rendererFolder = join(installation.resources, "out", "renderer");
  if (!existsSync(join(rendererFolder, "index.html"))) throw new LorekeepError("NOT_FOUND", { reason: "The face is not built.", next: "Run `npm run build` first." });
  const served = await serve({ engine, rendererFolder, port: options.port, onError: (error) => terminal.say(`Inside: ${error instanceof Error ? error.message : String(error)}`) });
  terminal.result({ url: served.url, port: served.port });
  announce(served, { open: options.open ?? false, say: (line) => terminal.say(line), input: process.stdin, signal });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await served.close();
}
