#!/usr/bin/env node
// The installed command. In a checkout the build may not be there yet: then it is made first (node parts only, about a second).
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../out/cli/main.mjs", import.meta.url);
if (!existsSync(main)) {
  const { buildNode } = await import(new URL("../scripts/build.mjs", import.meta.url).href);
  await buildNode();
}
const { run } = await import(main.href);
await run({ resources: fileURLToPath(new URL("..", import.meta.url)), argv: process.argv });
