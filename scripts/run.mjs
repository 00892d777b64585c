// Runs a TypeScript script of this project: `node scripts/run.mjs scripts/bench/NAME.ts [arguments]`. Builds the engine first, then the
// script as one module beside it, since Node 20 runs no TypeScript.
import { build } from "esbuild";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildNode } from "./build.mjs";

const [script, ...rest] = process.argv.slice(2);
if (!script) {
  console.error("usage: node scripts/run.mjs scripts/bench/NAME.ts [arguments]");
  process.exit(2);
}
await buildNode();
const outfile = fileURLToPath(new URL(`../out/scripts/${basename(script, ".ts")}.mjs`, import.meta.url));
await build({ entryPoints: [script], outfile, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", sourcemap: true, logLevel: "warning" });
process.argv = [process.argv[0], outfile, ...rest];
await import(pathToFileURL(outfile).href);
