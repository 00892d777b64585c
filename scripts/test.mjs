// `npm test`: builds what runs, then every tier (unit, pipeline, contract, models, e2e). Arguments go to Vitest:
// `npm test -- test/unit`. Needs no network; tests that need what is not here say so and are skipped.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildFace } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
if (existsSync(`${root}renderer/vite.config.ts`) && !process.env.LOREKEEP_SKIP_FACE_BUILD) await buildFace();
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
