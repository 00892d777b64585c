import { describe, expect, it } from "vitest";
import { pdf, type PdfPage } from "../../fixtures/documents/build.ts";
import { extracted, shapeOf } from "../../fixtures/documents/read.ts";

type Text = NonNullable<PdfPage["text"]>;
const at = (x: number, y: number, text: string): Text[number] => ({ x, y, size: 10, text });
/** Rows of cells at the columns' places, 16 points apart. */
const grid = (rows: readonly (readonly string[])[], { columns, y = 500 }: { columns: readonly number[]; y?: number }): Text =>
  rows.flatMap((row, i) => row.flatMap((text, column) => (text ? [at(columns[column] ?? 0, y - i * 16, text)] : [])));
const shape = async (...text: Text[]) => shapeOf(await extracted("t.pdf", pdf([{ text: text.flat() }])));

describe("tables in a PDF", () => {
  it("become rows that carry their header, with the text around them in its place", async () => {
    expect(await shape(
      [at(40, 540, "Prices of the spring market, in crowns, as the clerk wrote them down.")],
      grid([["Article", "Unit price", "Stock"], ["Loom", "727", "3"], ["Spinning wheel", "297", "11"], ["Shuttle", "", "240"]], { columns: [40, 180, 300] }),
      [at(40, 400, "Whoever buys two looms pays the carriage himself.")],
    )).toEqual([
      "paragraph: Prices of the spring market, in crowns, as the clerk wrote them down.",
      "table-row: Article: Loom, Unit price: 727, Stock: 3",
      "table-row: Article: Spinning wheel, Unit price: 297, Stock: 11",
      "table-row: Article: Shuttle, Stock: 240",
      "paragraph: Whoever buys two looms pays the carriage himself.",
    ]);
  });

  it("keep the place of every word, so that a cited row can be marked", async () => {
    const { blocks, runs } = await extracted("t.pdf", pdf([{ text: grid([["Town", "Bridges", "Mills"], ["Naldor", "12", "4"], ["Orrin", "7", "9"]], { columns: [40, 150, 250] }) }]));
    const row = blocks.find(({ text }) => text.includes("Orrin"));
    const words = runs.filter(({ start, end }) => row && start >= row.start && end <= row.start + row.text.length).map(({ start, end }) => row?.text.slice(start - row.start, end - row.start));
    expect(words).toEqual(["Orrin", "7", "9"]);
    expect(row?.table).toEqual({ header: ["Town", "Bridges", "Mills"], cells: ["Orrin", "7", "9"], row: 2 });
  });

  it("put the rest of a long cell into its row", async () => {
    const rows = grid([["Part", "Remark", "Count"], ["Axle", "kept in the", "2"]], { columns: [40, 150, 260] });
    const more = [at(150, 472, "upper store"), at(40, 450, "Wheel"), at(150, 450, "oiled"), at(260, 450, "4")];
    expect(await shape(rows, more)).toEqual(["table-row: Part: Axle, Remark: kept in the upper store, Count: 2", "table-row: Part: Wheel, Remark: oiled, Count: 4"]);
  });

  it("of two columns need numbers in the second", async () => {
    const columns = [40, 200];
    expect(await shape(grid([["City", "People"], ["Naldor", "12,400"], ["Orrin", "9,100"], ["Tesk", "3,870"]], { columns }))).toEqual([
      "table-row: City: Naldor, People: 12,400", "table-row: City: Orrin, People: 9,100", "table-row: City: Tesk, People: 3,870",
    ]);
    expect((await shape(grid([["Alice said", "Bob answered"], ["good morning", "good evening"], ["how are you", "very well"], ["and then", "nothing"]], { columns }))).some((line) => line.startsWith("table-row"))).toBe(false);
  });

  it("are not made of prose in two columns, whichever way it is drawn", async () => {
    const left = ["The left column tells of the river", "and of the old mill that stood on", "its bank before the flood carried", "it away one night in the spring.", "Nobody was hurt, and the miller", "built it again the next summer."];
    const right = ["On the right the story goes on", "with the bridge, which the town", "paid for with a tax on salt and", "which was finished ten years on.", "It has three arches of grey stone", "and a small house in its middle."];
    const across = left.flatMap((text, i) => [at(40, 500 - i * 12, text), at(230, 500 - i * 12, right[i] ?? "")]);
    const down = [...left.map((text, i) => at(40, 500 - i * 12, text)), ...right.map((text, i) => at(230, 500 - i * 12, text))];
    for (const text of [across, down]) expect((await shape(text)).filter((line) => line.startsWith("table-row"))).toEqual([]);
    expect((await shape(down))[0]).toContain("built it again the next summer.");
  });
});
