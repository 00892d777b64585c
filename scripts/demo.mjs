// A throw-away workspace with the toy world in it: a tiny, really trained model, its adapter, and documents to ask about.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./child.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const world = join(root, "test", "fixtures", "toy-world");

/** Calls `use` with the workspace's folder, and removes it afterwards, however that ends. */
export async function withDemoWorkspace(use) {
  const workspace = mkdtempSync(join(tmpdir(), "lorekeep-demo-"));
  try {
    console.error("Preparing the demo: a tiny model, its adapter, and the documents of a small invented town …");
    return (await prepare(workspace)) ? await use(workspace) : 130;
  } finally {
    rmSync(workspace, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Everything goes through the terminal's own commands, so the demo is what a person could do by hand. False where it was stopped. */
async function prepare(workspace) {
  const models = readdirSync(join(world, "models")).filter((file) => file.endsWith(".gguf"));
  for (const args of [...models.map((file) => ["models", "add", join(world, "models", file)]), ["add", join(world, "documents")]]) {
    const { code, stopped } = await run(process.execPath, [join(root, "cli", "bin.mjs"), ...args, "--workspace", workspace], { stdio: ["ignore", "ignore", "inherit"] });
    if (stopped) return false;
    if (code !== 0) throw new Error(`The demo could not be prepared: lorekeep ${args.join(" ")} ended with ${code}.`);
  }
  return true;
}
