import childProcess, { type ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";

/** The file node-llama-cpp runs as a process of its own, to load a binary there before it loads it here. */
const TEST_FILE = "testBindingBinary.js";
/** What that process is told, and what it answers when the binary works. */
const ANSWERS: ReadonlyMap<string, string> = new Map([["start", "loaded"], ["test", "done"]]);

/**
 * Keeps the generator from forking, in every host: a fork in an installed app whose fuses forbid running as Node starts the app a second
 * time. The test needs no process: this worker is itself one that may die, and the engine then loads again without the GPU. So the
 * test is answered "works", and the load that follows is the test. docs/decisions/0011 has the alternatives.
 */
export function forkNothing(): void {
  const fork = (file: string | URL): ChildProcess => {
    if (basename(String(file)) !== TEST_FILE) throw new Error("The generator starts no processes.");
    return new PassedTest() as unknown as ChildProcess; // an emitter with the few members the test's caller uses
  };
  childProcess.fork = fork as typeof childProcess.fork;
  syncBuiltinESMExports(); // so that `import { fork }` elsewhere sees it
}

/** Speaks the test process's part. A message it does not know ends it as failed, so that a changed protocol shows at once. */
class PassedTest extends EventEmitter {
  exitCode: number | null = null;
  readonly killed = false;

  constructor() {
    super();
    this.say("ready");
  }

  send(message: { readonly type: string }): boolean {
    const answer = ANSWERS.get(message.type);
    if (answer === undefined) this.end(message.type === "exit" ? 0 : 1);
    else this.say(answer);
    return true;
  }

  kill(): boolean {
    this.end(1);
    return true;
  }

  /** Later, as from another process: the caller listens only once it has this object. */
  private say(type: string): void {
    process.nextTick(() => this.emit("message", { type }));
  }

  private end(code: number): void {
    if (this.exitCode !== null) return;
    this.exitCode = code;
    process.nextTick(() => this.emit("exit", code));
  }
}
