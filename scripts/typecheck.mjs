// tsc once per part, so that each part is checked against exactly the libraries it may use. --part NAME checks one.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const named = process.argv.indexOf("--part");
const parts = named > 0 ? [process.argv[named + 1]] : ["contract", "engine", "electron", "renderer", "tools"];
let failed = false;
for (const part of parts) {
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", `tsconfig/${part}.json`], { cwd: root, stdio: "inherit" });
  console.error(`typecheck ${part}: ${status === 0 ? "ok" : "failed"}`);
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
