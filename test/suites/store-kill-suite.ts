import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "@lancedb/lancedb";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import type { KnowledgeStore } from "../../engine/knowledge/store.ts";
import { projectRoot } from "../data.ts";
import { DIMENSIONS, everything } from "./store-documents.ts";
import { versionOf, type Step } from "./store-steps.ts";

/** Where the tables are, and how often and when their writer is killed. */
export interface KillCase {
  readonly rounds: number;
  /** Milliseconds after opening, at most, at which it is killed. */
  readonly within: number;
  place(): Promise<{ readonly uri: string; readonly storageOptions?: Readonly<Record<string, string>>; /** For the writer, which gets no options. */ readonly env?: Readonly<Record<string, string>> }>;
}

/** id to version, what must be in the store. */
type Library = Record<string, number>;

interface Report {
  /** Steps that were finished, in order. */
  readonly done: Step[];
  /** The step that was under way, if any. */
  readonly cut: Step | undefined;
}

const applied = (library: Library, step: Step): Library => {
  if ("put" in step) return { ...library, ...step.put };
  if ("remove" in step) return Object.fromEntries(Object.entries(library).filter(([id]) => !step.remove.includes(id)));
  return library;
};

/** Lets the writer work and kills it `afterMs` after it has opened the store. */
function writeAndKill(entry: string, args: string[], { afterMs, env = {} }: { afterMs: number; env?: Readonly<Record<string, string>> | undefined }): Promise<Report> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--no-warnings", entry, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    const done: Step[] = [];
    let cut: Step | undefined;
    let stderr = "";
    child.stderr.on("data", (data) => { stderr += data; });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "open") setTimeout(() => child.kill("SIGKILL"), afterMs);
      else if (line !== "done") cut = JSON.parse(line) as Step;
      else if (cut) {
        done.push(cut);
        cut = undefined;
      }
    });
    child.on("close", (_, signal) => (signal === "SIGKILL" ? resolve({ done, cut }) : reject(new Error(`The writer failed: ${stderr}`))));
  });
}

/** Every row of the passages table, whether it counts or not. */
async function rowsIn({ uri, storageOptions = {} }: Awaited<ReturnType<KillCase["place"]>>): Promise<number> {
  const connection = await connect(uri, { storageOptions: { ...storageOptions } });
  const name = (await connection.tableNames()).find((table) => table.startsWith("passages_")) ?? "";
  return (await connection.openTable(name)).countRows();
}

/** What is committed, checked from all sides against what those versions consist of. */
async function readWhole(store: KnowledgeStore): Promise<Library> {
  const library: Library = {};
  let total = 0;
  for (const [id, { contentHash, passages }] of await store.committed()) {
    const version = Number(contentHash.split("@")[1]);
    const expected = versionOf(id, version).passages.map(({ text }) => text);
    const found = await store.neighbours(id, 0, 1000);
    expect(found.map(({ text }) => text)).toEqual(expected);
    expect(passages).toBe(expected.length);
    expect(new Set(found.map(({ collectionId }) => collectionId)).size).toBe(1);
    library[id] = version;
    total += passages;
  }
  const everyPassage = Object.entries(library).flatMap(([id, version]) => versionOf(id, version).passages.map(({ text }) => text)).sort();
  expect((await store.searchLexical("heron", everything, 1000)).map(({ passage }) => passage.text).sort()).toEqual(everyPassage);
  expect((await store.searchDense(new Float32Array(DIMENSIONS).fill(0.25), everything, 1000)).map(({ passage }) => passage.text).sort()).toEqual(everyPassage);
  expect((await store.stats()).passages).toBe(total);
  return library;
}

/** After a kill at any instant the store equals one in which each step is wholly done or not begun. */
export function storeKillSuite(name: string, { rounds, within, place }: KillCase): void {
  describe(name, () => {
    const entry = join(projectRoot, "out", "test", "store-writer.mjs");
    beforeAll(() => build({ entryPoints: [join(projectRoot, "test", "pipeline", "store-writer.ts")], outfile: entry, bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "error" }));

    it(`loses nothing and doubles nothing in ${rounds} kills`, async () => {
      const where = await place();
      let before: Library = {};
      let cutShort = 0;
      for (let round = 0; round < rounds; round++) {
        const { done, cut } = await writeAndKill(entry, [where.uri, String(round + 1), JSON.stringify(before)], { afterMs: 20 + Math.random() * within, env: where.env });
        const finished = done.reduce(applied, before);
        const store = await openKnowledge({ ...where, embedderIdentity: "kill:16d", dimensions: DIMENSIONS });
        await store.recover();
        const after = await readWhole(store);
        // The step under way is wholly there or wholly absent; nothing before it is touched.
        const allowed = cut ? [finished, applied(finished, cut)] : [finished];
        expect(allowed).toContainEqual(after);
        expect(await store.recover()).toEqual({ sweptPassages: 0 });
        const { passages } = await store.stats();
        await store.dispose();
        expect(await rowsIn(where)).toBe(passages);
        if (cut) cutShort++;
        before = after;
      }
      expect(cutShort).toBeGreaterThan(rounds / 2);
    });
  });
}
