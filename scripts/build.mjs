// Builds what runs: engine, workers, CLI and shell with esbuild, the face with Vite. `--node-only` leaves the face out.
// `npm start`, the launcher of the CLI and the tests all call this; out/ is never committed.
import { build } from "esbuild";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (path) => `${root}${path}`;
const present = (entries) => Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(at(file))).map(([name, file]) => [name, at(file)]));

/** Node 20 ES modules; packages stay outside, so native ones are loaded from node_modules. */
const node = {
  bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", sourcemap: true,
  outExtension: { ".js": ".mjs" }, outdir: at("out"), logLevel: "warning", define: { "process.env.NODE_ENV": '"production"' },
};
/** Electron's main and preload: CommonJS for Node 16, everything bundled, so the old test runtime and the shipped one run the same file. */
const shell = { ...node, format: "cjs", target: "node16", packages: "bundle", external: ["electron"], outExtension: { ".js": ".cjs" } };

export async function buildNode() {
  await build({
    ...node, splitting: true, chunkNames: "chunks/[name]-[hash]",
    entryPoints: present({
      "workers/reader": "engine/workers/reader/main.ts",
      "workers/embedder": "engine/workers/embedder/main.ts",
      "workers/generator": "engine/workers/generator/main.ts",
      "workers/ranker": "engine/workers/ranker/main.ts",
      "workers/ocr": "engine/workers/ocr/main.ts",
      "workers/tuner": "engine/workers/tuner/main.ts",
      "cli/main": "cli/main.ts",
      "electron/engine-host": "electron/engine-host.ts",
    }),
  });
  const shellEntries = present({ "electron/main": "electron/main.ts", "electron/preload": "electron/preload.ts" });
  if (Object.keys(shellEntries).length > 0) await build({ ...shell, entryPoints: shellEntries });
}

export async function buildFace() {
  const { build: viteBuild } = await import("vite");
  const { NODE_ENV: before } = process.env;
  process.env.NODE_ENV = "production"; // Vite keeps what is set: within a test run the face would be React's development build.
  try {
    await viteBuild({ configFile: at("renderer/vite.config.ts"), logLevel: "warn" });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** Everything, from nothing. `face: false` leaves the face out. */
export async function buildAll({ face = true } = {}) {
  rmSync(at("out"), { recursive: true, force: true });
  await buildNode();
  if (!face || !existsSync(at("renderer/vite.config.ts"))) return;
  await buildFace();
  writeFileSync(at("out/.built"), "");
}

/** A file's or folder's latest change, in milliseconds since 1970. */
function changed(path) {
  const stats = statSync(path);
  return stats.isDirectory() ? Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => changed(join(path, name)))) : stats.mtimeMs;
}

/** Builds everything unless the last whole build is newer than every source. Returns whether it built. */
export async function buildIfStale() {
  const sources = ["engine", "electron", "renderer", "cli", "docs/user-guide.md", "scripts/build.mjs", "package-lock.json"].map(at).filter((path) => existsSync(path));
  const fresh = existsSync(at("out/.built")) && statSync(at("out/.built")).mtimeMs > Math.max(...sources.map(changed));
  if (!fresh) await buildAll();
  return !fresh;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll({ face: !process.argv.includes("--node-only") });
