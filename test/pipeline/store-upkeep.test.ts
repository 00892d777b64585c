import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, Index, makeArrowTable } from "@lancedb/lancedb";
import { Field, Schema, Utf8 } from "apache-arrow";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dot } from "../../engine/base/vectors.ts";
import { openKnowledge, type KnowledgeOptions } from "../../engine/knowledge/lance/knowledge-store.ts";
import type { Migration } from "../../engine/knowledge/lance/migrations.ts";
import type { DocumentWithPassages } from "../../engine/knowledge/store.ts";
import { DIMENSIONS, documentWith, everything, vectorFor } from "../suites/store-documents.ts";
import { random } from "../suites/store-steps.ts";

let uri: string;
beforeEach(async () => { uri = await mkdtemp(join(tmpdir(), "lorekeep-upkeep-")); });
afterEach(() => rm(uri, { recursive: true }));
const open = (more: Partial<KnowledgeOptions> = {}) => openKnowledge({ uri, embedderIdentity: "test:16d", dimensions: DIMENSIONS, ...more });
const filesIn = async (part: string) => (await readdir(uri, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && join(entry.parentPath, entry.name).includes(part)).length;

describe("upkeep", () => {
  it("keeps files and versions few while documents come one by one", async () => {
    const store = await open({ limits: { commits: 20, keepVersionsMs: 0 } });
    for (let i = 0; i < 120; i++) await store.put([documentWith(`d${i}`, [`Passage number${i} of the heron.`])]);
    // 120 puts are 240 commits; what is left are those since the last upkeep and the merged rest.
    expect(await filesIn("_versions/")).toBeLessThan(80);
    await store.maintain({ force: true });
    expect(await filesIn("")).toBeLessThan(40);
    expect(await store.searchLexical("heron", everything, 500)).toHaveLength(120);
    await store.dispose();
  });

  it("indexes vectors when there are enough, still finds the nearest, and takes in what comes later", async () => {
    const next = random(7);
    const centres = Array.from({ length: 12 }, (_, i) => vectorFor(`centre ${i}`));
    const scattered = (): Float32Array => {
      const centre = centres[next(12)] ?? vectorFor("");
      const vector = centre.map((value) => value + (next(1000) / 1000 - 0.5) * 0.4);
      const length = Math.sqrt(dot(vector, vector));
      return vector.map((value) => value / length);
    };
    const many = (id: string, count: number): DocumentWithPassages => {
      const base = documentWith(id, Array.from({ length: count }, (_, i) => `${id} ${i}`));
      return { ...base, passages: base.passages.map((passage) => ({ ...passage, vector: scattered() })) };
    };
    const store = await open({ limits: { vectorIndexRows: 2000, keepVersionsMs: 0 } });
    const corpus = many("corpus", 3000);
    await store.put([corpus]);
    expect((await store.stats()).vectorIndexed).toBe(false);
    await store.maintain();
    expect((await store.stats()).vectorIndexed).toBe(true);
    const query = scattered();
    const nearest = [...corpus.passages].sort((a, b) => dot(b.vector, query) - dot(a.vector, query)).slice(0, 20);
    const found = await store.searchDense(query, everything, 20);
    const right = found.filter(({ passage }) => nearest.some(({ position }) => position === passage.position)).length;
    expect(right).toBeGreaterThanOrEqual(18);
    // Scores are cosines of the full vectors, not the index's approximations.
    for (const { passage, score } of found) expect(score).toBeCloseTo(dot(corpus.passages[passage.position]!.vector, query), 4);
    const late = documentWith("late", ["late"]);
    await store.put([{ ...late, passages: late.passages.map((passage) => ({ ...passage, vector: query })) }]);
    expect((await store.searchDense(query, everything, 1))[0]?.passage.id).toBe("late:0");
    expect((await store.searchDense(query, { ...everything, filter: { documentIds: ["late"] } }, 10))).toHaveLength(1);
    await store.put([documentWith("corpus", ["short now"])]);
    expect((await store.searchDense(query, everything, 5)).map(({ passage }) => passage.id).sort()).toEqual(["corpus:0", "late:0"]);
    await store.dispose();
  });

  it("keeps vectors of different embedders apart, and removes from all", async () => {
    const first = await open();
    await first.put([documentWith("kept", ["A heron."]), documentWith("gone", ["A secret heron."])]);
    await first.dispose();
    const second = await openKnowledge({ uri, embedderIdentity: "other:3d", dimensions: 3 });
    expect(await second.recover()).toEqual({ sweptPassages: 0 });
    expect((await second.committed()).size).toBe(0);
    expect(await second.searchDense(Float32Array.of(1, 0, 0), everything, 5)).toEqual([]);
    await second.remove(["gone"]);
    await second.dispose();
    const again = await open();
    await again.recover();
    expect([...(await again.committed()).keys()]).toEqual(["kept"]);
    expect((await again.searchLexical("heron", everything, 5)).map(({ passage }) => passage.documentId)).toEqual(["kept"]);
    await again.dispose();
  });
});

describe("migrations", () => {
  /** A database as a first version might have left it: documents without the column that later versions need. */
  async function olderDatabase(): Promise<void> {
    const connection = await connect(uri);
    const text = (name: string) => new Field(name, new Utf8(), false);
    await connection.createTable("meta", makeArrowTable([{ key: "schema-version", value: "1" }], { schema: new Schema([text("key"), text("value")]) }));
    const old = await connection.createTable("documents_old", makeArrowTable([{ id: "a" }, { id: "b" }], { schema: new Schema([text("id")]) }));
    await old.createIndex("id", { config: Index.btree() });
    connection.close();
  }
  const addShelf: Migration = async (connection) => {
    const table = await connection.openTable("documents_old");
    if (!(await table.schema()).fields.some(({ name }) => name === "shelf")) await table.addColumns([{ name: "shelf", valueSql: "concat('shelf of ', id)" }]);
  };
  const shelves = async () => {
    const rows: { id: string; shelf: string }[] = await (await (await connect(uri)).openTable("documents_old")).query().toArray();
    return rows.map(({ shelf }) => shelf).sort();
  };

  it("run once, in order, and the version is written down", async () => {
    await olderDatabase();
    const ran: string[] = [];
    const steps: Migration[] = [async (connection) => { ran.push("one"); await addShelf(connection); }, () => { ran.push("two"); return Promise.resolve(); }];
    await (await open({ migrations: steps })).dispose();
    expect(await shelves()).toEqual(["shelf of a", "shelf of b"]);
    await (await open({ migrations: steps })).dispose();
    expect(ran).toEqual(["one", "two"]);
  });

  it("go on where they were cut off", async () => {
    await olderDatabase();
    const cut: Migration[] = [addShelf, () => Promise.reject(new Error("power cut"))];
    await expect(open({ migrations: cut })).rejects.toThrow("power cut");
    let first = 0;
    await (await open({ migrations: [() => { first++; return Promise.resolve(); }, addShelf] })).dispose();
    expect(first).toBe(0);
    expect(await shelves()).toEqual(["shelf of a", "shelf of b"]);
  });

  it("refuse a database from the future", async () => {
    await (await open({ migrations: [() => Promise.resolve()] })).dispose();
    const other = await mkdtemp(join(tmpdir(), "lorekeep-upkeep-"));
    const connection = await connect(other);
    await connection.createTable("meta", [{ key: "schema-version", value: "99" }]);
    connection.close();
    await expect(open({ uri: other })).rejects.toMatchObject({ code: "CONFLICT" });
    await rm(other, { recursive: true });
  });
});
