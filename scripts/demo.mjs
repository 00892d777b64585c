// A throw-away workspace with the toy world in it: a tiny, really trained model, its adapter, and documents to ask about.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const world = join(root, "test", "fixtures", "toy-world");

/** Makes it. Everything goes through the terminal's own commands, so the demo is what a person could do by hand. */
export function createDemoWorkspace() {
  const workspace = mkdtempSync(join(tmpdir(), "lorekeep-demo-"));
  const remove = () => rmSync(workspace, { recursive: true, force: true, maxRetries: 3 });
  const lorekeep = (...args) => {
    const { status } = spawnSync(process.execPath, [join(root, "cli", "bin.mjs"), ...args, "--workspace", workspace], { stdio: ["ignore", "ignore", "inherit"] });
    if (status === 0) return;
    remove();
    throw new Error(`The demo could not be prepared: lorekeep ${args.join(" ")} ended with ${status}.`);
  };
  console.error("Preparing the demo: a tiny model, its adapter, and the documents of a small invented town …");
  for (const file of readdirSync(join(world, "models"))) if (file.endsWith(".gguf")) lorekeep("models", "add", join(world, "models", file));
  lorekeep("add", join(world, "documents"));
  return { workspace, remove };
}
