// Runs a program on this terminal and waits for it, without leaving it behind.
import { spawn } from "node:child_process";

/**
 * Ctrl-C reaches the program by itself (it is in our process group); a signal sent to us alone is passed on. We go on after it has ended, so
 * that what comes next, cleaning up above all, still happens.
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, stopped: boolean }>} stopped: one of us was told to end
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", ...options });
    let stopped = false;
    const passOn = () => { stopped = true; child.kill("SIGTERM"); };
    const wait = () => { stopped = true; };
    process.on("SIGTERM", passOn).on("SIGHUP", passOn).on("SIGINT", wait);
    const done = () => process.off("SIGTERM", passOn).off("SIGHUP", passOn).off("SIGINT", wait);
    child.once("error", (error) => { done(); reject(error); });
    child.once("exit", (code, signal) => { done(); resolve({ code, signal, stopped }); });
  });
}
