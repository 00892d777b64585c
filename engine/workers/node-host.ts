import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { processPort } from "./serve-worker.ts";
import type { WorkerHost } from "./host.ts";

/** Workers as children of a Node process: the host of the CLI, of `lorekeep serve` and of the tests. `folder` holds <name>.mjs. */
export function createNodeWorkerHost(folder: string): WorkerHost {
  return {
    spawn(name, { heapMb }) {
      const child = fork(join(folder, `${name}.mjs`), [], {
        execArgv: [`--max-old-space-size=${heapMb}`, "--no-warnings"],
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
      return {
        pid: child.pid,
        port: processPort(child),
        kill: () => void child.kill("SIGKILL"),
        onExit: (listener) => {
          let told = false;
          const tell = (code: number | null, signal: string | null) => {
            if (!told) listener({ code, signal });
            told = true;
          };
          child.once("exit", tell);
          child.once("error", () => tell(null, null));
        },
        onLog: (listener) => {
          for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on("line", listener);
        },
      };
    },
  };
}
