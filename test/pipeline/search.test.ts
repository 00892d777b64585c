import { describe, expect, test } from "vitest";
import { blockEngine } from "../block-engine.ts";

/** Many documents that say nearly the same, so that only the words that must stand as asked tell them apart. */
const parts = Array.from({ length: 30 }, (_, i) => `RX-${1200 + i * 7}`);

const engine = blockEngine(({ write, addFolder }) => {
  parts.forEach((part, i) => write(`part-${i}.md`, `# Valve sheet ${i}\n\nThe valve ${part} is made of brass. Part numbers such as this one are stamped into the valve, and the part is tested in the works.\n`));
  write("norm.md", "# On wording\n\nIn RFC 2119 the words are explained. Nothing else.\n");
  write("norm-2.md", "# More on wording\n\nAs RFC-2119 has it, the word MUST is an absolute requirement.\n");
  write("phrase.md", "# Minutes\n\nIt was agreed that the cold harbour light stays on through winter, which cost the council a long evening.\n");
  write("words.md", "# Harbour\n\nThe harbour is cold. A light stands in the harbour. Cold light falls on the cold harbour, and the harbour light is cold.\n");
  write("contract.md", "# Contract\n\nThe notice period is three months.\n");
  return addFolder();
});

const first = async (text: string) => {
  const { hits, notes } = await engine.client.search.query({ text, limit: 3 });
  return { name: hits[0]?.passage.path.split(/[\\/]/).pop(), notes };
};

describe("a search", () => {
  test.each([0, 11, 29])("puts the passage with the very part number first (%i)", async (i) => {
    expect((await first(`Which valve is ${parts[i] ?? ""} made of?`)).name).toBe(`part-${i}.md`);
  });

  test("keeps an identifier together: RFC-2119 is not RFC and 2119", async () => {
    expect((await first("RFC-2119 wording")).name).toBe("norm-2.md");
  });

  test("puts a quoted phrase before the same words apart", async () => {
    expect((await first("cold harbour light")).name).toBe("words.md");
    expect((await first("“cold harbour light”")).name).toBe("phrase.md");
  });

  test("looks for what was meant where a word stands nowhere, says so, and leaves words alone that stand somewhere", async () => {
    const meant = await first("notise peroid");
    expect(meant, JSON.stringify(meant)).toMatchObject({ name: "contract.md" });
    expect(meant.notes?.join(" ")).toMatch(/“notise” stands nowhere.*“notice”/);
    expect((await first("brass valves tested")).notes).toEqual([]);
  });
});
