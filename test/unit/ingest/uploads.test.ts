import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUploads, safeFileName } from "../../../engine/ingest/sources/uploads.ts";

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), "lorekeep-uploads-")); });
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* chunks(...parts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield Buffer.from(part);
  }
}

describe("uploads", () => {
  test("a body ends up whole under its own name, and is found by its id", async () => {
    const uploads = await createUploads(folder);
    const upload = await uploads.begin("../../notes.txt", 100).receive(chunks("one ", "two"));
    expect(upload).toMatchObject({ name: "notes.txt", sizeBytes: 7, path: join(folder, upload.uploadId, "notes.txt") });
    expect(await readFile(upload.path, "utf8")).toBe("one two");
    expect(await uploads.find(upload.uploadId)).toEqual(upload);
    await uploads.discard(upload.uploadId);
    await expect(uploads.find(upload.uploadId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("the limit is inclusive; one byte more leaves nothing", async () => {
    const uploads = await createUploads(folder);
    await expect(uploads.begin("a", 4).receive(chunks("1234"))).resolves.toMatchObject({ sizeBytes: 4 });
    await expect(uploads.begin("b", 4).receive(chunks("123", "45"))).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(await readdir(folder)).toHaveLength(1);
  });

  test("a cut body and an abort leave nothing", async () => {
    const uploads = await createUploads(folder);
    await expect(uploads.begin("cut", 100).receive(chunks("half", new Error("ECONNRESET")))).rejects.toThrow("ECONNRESET");
    const stop = new AbortController();
    const body = async function* () {
      yield Buffer.from("half");
      stop.abort();
      yield Buffer.from("rest");
    };
    await expect(uploads.begin("stopped", 100).receive(body(), stop.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("ids that are paths are not followed", async () => {
    const uploads = await createUploads(join(folder, "uploads"));
    await writeFile(join(folder, "secret"), "x");
    await expect(uploads.find("..")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await uploads.discard("..");
    expect(await readFile(join(folder, "secret"), "utf8")).toBe("x");
  });

  test("half-received files of a killed run go at the next start; whole ones go only when old and taken by nobody", async () => {
    const first = await createUploads(folder);
    const [kept, taken, fresh] = await Promise.all(["a", "b", "c"].map((name) => first.begin(name, 10).receive(chunks(name))));
    await writeFile(join(folder, "0f0f.part"), "half");
    const old = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    for (const upload of [kept, taken]) await utimes(join(folder, upload!.uploadId), old, old);
    const second = await createUploads(folder);
    expect(await readdir(folder)).toHaveLength(3);
    expect(await second.sweep((id) => id === taken!.uploadId)).toEqual([kept!.uploadId]);
    expect((await readdir(folder)).sort()).toEqual([taken!.uploadId, fresh!.uploadId].sort());
  });
});

test.each([
  ["report.pdf", "report.pdf"],
  ["/etc/passwd", "passwd"],
  ["..\\..\\windows\\system.ini", "system.ini"],
  ["..", "upload"],
  ["", "upload"],
  [".bashrc", "bashrc"],
  ["con.txt", "_con.txt"],
  ["a\u0000b\nc.txt", "a_b_c.txt"],
  ["exe\u202efdp.txt", "exe_fdp.txt"],
  ["what?.md", "what_.md"],
  ["Zürich – Straße.docx", "Zürich – Straße.docx"],
  ["trailing. ", "trailing"],
])("%j is stored as %j", (given, expected) => {
  expect(safeFileName(given)).toBe(expected);
});

test("a very long name keeps its extension and fits a file system", () => {
  const name = safeFileName(`${"ü".repeat(400)}.pdf`);
  expect(name.endsWith(".pdf")).toBe(true);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
});
