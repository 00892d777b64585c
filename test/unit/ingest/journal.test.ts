import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal, readJournal } from "../../../engine/ingest/registry/journal.ts";
import { Registry } from "../../../engine/ingest/registry/registry.ts";

describe("the library's journal", () => {
  let folder: string;
  let path: string;
  let notices: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lorekeep-journal-"));
    path = join(folder, "library.jsonl");
    notices = [];
  });
  afterEach(() => rm(folder, { recursive: true }));
  const open = () => Registry.open(path, { changed: () => undefined, notice: (text) => notices.push(text) });
  const file = (name: string) => ({ collectionId: "default", path: `/docs/${name}`, name, origin: "file" as const });
  const lines = async () => (await readFile(path, "utf8")).trim().split("\n");

  it("keeps what was written, and only lasting states", async () => {
    const first = await open();
    const [a, b] = await first.add([file("a"), file("b")]);
    first.passing(a?.id ?? "", "reading");
    await first.update(a?.id ?? "", { title: "A title" });
    await first.remove([b?.id ?? ""]);
    await first.setPaused(true);
    await first.dispose();
    const second = await open();
    expect([...second.all()]).toEqual([{ ...a, title: "A title", state: "queued" }]);
    expect(second.paused).toBe(true);
    expect(second.atPath("/docs/b")).toEqual([]);
    await second.dispose();
  });

  it("is compacted at start", async () => {
    const first = await open();
    const [a] = await first.add([file("a")]);
    for (let i = 0; i < 50; i++) await first.update(a?.id ?? "", { passages: i });
    await first.dispose();
    expect(await lines()).toHaveLength(54);
    await (await open()).dispose();
    expect(await lines()).toHaveLength(4);
  });

  it("drops a torn last line and nothing else", async () => {
    const first = await open();
    await first.add([file("a"), file("b")]);
    await first.dispose();
    const whole = await readFile(path);
    for (let cut = 1; cut < whole.length; cut += 7) {
      await writeFile(path, whole.subarray(0, cut));
      const again = await open();
      const complete = whole.subarray(0, cut).toString().split("\n").slice(0, -1);
      expect(again.size).toBe(complete.filter((line) => line.includes('"type":"document"')).length);
      await again.dispose();
    }
    expect(notices).toEqual([]);
    expect(await readdir(folder)).toEqual(["library.jsonl"]);
  });

  it("sets an unreadable file aside, keeps what can be read, and says so", async () => {
    const first = await open();
    await first.add([file("a"), file("b")]);
    await first.dispose();
    const [head, ...rest] = await lines();
    await writeFile(path, [head, "\u0000\u0000garbage", '{"type":"unheard-of"}', ...rest, ""].join("\n"));
    const again = await open();
    expect(again.size).toBe(2);
    expect(notices).toEqual([expect.stringMatching(/^2 entries .*unreadable/)]);
    const aside = (await readdir(folder)).find((name) => name.includes("unreadable"));
    expect(await readFile(join(folder, aside ?? ""), "utf8")).toContain("garbage");
    await again.dispose();
  });

  it("refuses a journal of a newer version", async () => {
    await writeFile(path, `${JSON.stringify({ type: "library", version: 99 })}\n`);
    await expect(open()).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await readFile(path, "utf8")).toContain("99");
  });

  it("shares writes between appends of the same moment, in order", async () => {
    const journal = await Journal.start(path, []);
    await Promise.all(Array.from({ length: 200 }, (_, i) => journal.append([{ i }])));
    await journal.dispose();
    expect((await readJournal(path, (line) => line)).lines).toEqual(Array.from({ length: 200 }, (_, i) => ({ i })));
  });
});
