import { expect, it } from "vitest";
import { blockEngine } from "../block-engine.ts";

const engine = blockEngine();

it("a document's passages are shown as they were cut: in order, with their headings, length and place", async () => {
  const text = `# Harbour\n\n${"The keeper of the lighthouse writes down what the sea does every evening. ".repeat(30)}\n\n## Boats\n\n${"A boat leaves the pier at noon and comes back before the tide turns. ".repeat(20)}\n`;
  const { id } = await engine.add("harbour.md", text);
  const { passages, total } = await engine.client.documents.passages({ id });
  expect(total).toBeGreaterThan(3);
  expect(passages.map(({ position }) => position)).toEqual(Array.from({ length: total }, (_, i) => i));
  for (const { tokens } of passages) expect([tokens > 8, tokens < 256]).toEqual([true, true]);
  expect(passages.at(-1)?.headingPath).toEqual(["Harbour", "Boats"]);
  const { blocks } = await engine.client.documents.content({ id });
  const whole = blocks.map((block) => block.text).join("\n");
  for (const passage of passages) expect(whole.slice(passage.range.start, passage.range.end)).toContain(passage.text.slice(-40));
  const rest = await engine.client.documents.passages({ id, from: 2, limit: 2 });
  expect(rest).toEqual({ total, passages: passages.slice(2, 4) });
  await expect(engine.client.documents.passages({ id: "none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
});
