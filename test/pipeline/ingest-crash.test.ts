import { fork } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../data.ts";
import { call, contents, openWorld, removeFolder, temporaryFolder, write, type World } from "./library-harness.ts";

const KILLS = 10;
const child = join(projectRoot, "out", "ingest-child.mjs");
const kinds = ["loom", "shuttle", "warp", "weft", "spindle", "reed", "heddle"];
const prose = (seed: number, sentences: number) => Array.from({ length: sentences }, (_, i) => `The ${kinds[(seed + i) % kinds.length]} number ${seed * 100 + i} was oiled on day ${i}.`).join(" ");

async function makeDocuments(folder: string): Promise<string> {
  for (let i = 0; i < 36; i++) await write(join(folder, `notes/${i}.txt`), prose(i, 8 + (i % 9) * 6));
  await write(join(folder, "large.md"), Array.from({ length: 12 }, (_, i) => `# Part ${i}\n\n${prose(50 + i, 25)}`).join("\n\n"));
  await write(join(folder, "rows.csv"), `name,price\n${Array.from({ length: 60 }, (_, i) => `Loom ${i},${i}`).join("\n")}\n`);
  await write(join(folder, "broken.pdf"), "%PDF-1.4 broken");
  return folder;
}

/** What a library must look like inside when nothing is left over. */
async function expectNoLeftovers({ workspace, library, store }: World): Promise<void> {
  const indexed = [...library.parts.registry.all()].filter(({ state }) => state === "indexed");
  const stats = await store.stats();
  expect([stats.documents, stats.passages]).toEqual([indexed.length, indexed.reduce((sum, { passages }) => sum + passages, 0)]);
  expect((await readdir(join(workspace, "extractions"))).sort()).toEqual(indexed.map(({ id }) => `${id}.json.gz`).sort());
}

describe("a crash at any moment", () => {
  let folder: string;
  let documents: string;
  let clean: Awaited<ReturnType<typeof contents>>;

  beforeAll(async () => {
    await build({ entryPoints: [join(projectRoot, "test/pipeline/ingest-child.ts")], outfile: child, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", logLevel: "warning" });
    folder = await temporaryFolder();
    documents = await makeDocuments(join(folder, "documents"));
    const world = await openWorld(join(folder, "clean"));
    await call(world.routes.documents.add, { paths: [documents] });
    await call(world.routes.queue.idle, undefined);
    clean = await contents(world);
    await expectNoLeftovers(world);
    await world.close();
    expect(clean.filter(({ state }) => state === "indexed")).toHaveLength(38);
  }, 120_000);
  afterAll(() => removeFolder(folder));

  /** Brings a library to its end and compares it with the clean one. */
  async function expectClean(world: World, note: string): Promise<void> {
    await call(world.routes.documents.add, { paths: [documents] });
    await call(world.routes.queue.idle, undefined);
    expect(await contents(world), note).toEqual(clean);
    await expectNoLeftovers(world);
    expect(world.notices).toEqual([]);
    await world.close();
  }

  it(`of the engine, ${KILLS} times, loses nothing and doubles nothing`, async () => {
    let killed = 0;
    // A library that is done cannot be interrupted any more: the next round begins with an empty one.
    for (let round = 0; killed < KILLS; round++) {
      const home = join(folder, `killed-${round}`);
      const times: number[] = [];
      while (killed < KILLS) {
        const after = Math.round(Math.random() * 1500);
        times.push(after);
        if (!(await killedAfterOpen(home, documents, after))) break;
        killed++;
      }
      await expectClean(await openWorld(home), `killed after ${times.join(", ")} ms`);
    }
  }, 300_000);

  it(`of its workers, ${KILLS} times each, ends like a run without`, async () => {
    const kills = { reader: 0, embedder: 0 };
    for (let round = 0; kills.reader + kills.embedder < 2 * KILLS; round++) {
      const world = await openWorld(join(folder, `workers-${round}`), { limits: { commitPassages: 24, commitMs: 200 } });
      let timer: NodeJS.Timeout | undefined;
      const killOne = () => {
        const name = kills.reader <= kills.embedder ? "reader" : "embedder";
        const pid = name === "reader" ? world.library.workers().find((worker) => worker.pid !== undefined)?.pid : world.embedderPid();
        if (pid !== undefined && kills[name] < KILLS) {
          kills[name]++;
          process.kill(pid, "SIGKILL");
        }
        timer = setTimeout(killOne, 300 + Math.random() * 1000);
      };
      killOne();
      await call(world.routes.documents.add, { paths: [documents] });
      await call(world.routes.queue.idle, undefined);
      clearTimeout(timer);
      await expectClean(world, `round ${round}`);
    }
    expect(kills).toEqual({ reader: KILLS, embedder: KILLS });
  }, 300_000);
});

/** Resolves true when the child was killed, false when it had finished before. */
function killedAfterOpen(home: string, documents: string, ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const process = fork(child, [home, documents], { stdio: ["ignore", "pipe", "inherit", "ipc"], execArgv: ["--no-warnings"] });
    let output = "";
    process.stdout?.on("data", (data: Buffer) => {
      const first = output === "";
      output += data.toString();
      if (first) setTimeout(() => process.kill("SIGKILL"), ms);
    });
    process.once("error", reject);
    process.once("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve(true);
      else if (code === 0 && output.includes("done")) resolve(false);
      else reject(new Error(`The child ended with ${signal ?? code}: ${output}`));
    });
  });
}
