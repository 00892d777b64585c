import { describe, expect, it } from "vitest";
import { sentenceRanges } from "../../../engine/base/sentences.ts";

const split = (text: string, language?: string) => sentenceRanges(text, language).map(({ start, end }) => text.slice(start, end));

describe("sentenceRanges", () => {
  const cases: [string, string[]][] = [
    ["One. Two! Three?", ["One.", "Two!", "Three?"]],
    ["Dr. Smith met Mrs. Jones. They left.", ["Dr. Smith met Mrs. Jones.", "They left."]],
    ["Use a tool, e.g. Hammers or i.e. Nails. Then stop.", ["Use a tool, e.g. Hammers or i.e. Nails.", "Then stop."]],
    ["It costs 3.5 euros. Version 2.0.1 is out.", ["It costs 3.5 euros.", "Version 2.0.1 is out."]],
    ["See No. 5 Downing Street. He said no. Then he left.", ["See No. 5 Downing Street.", "He said no.", "Then he left."]],
    ["Das gilt z. B. Für Katzen. Und d. h. Auch für Hunde.", ["Das gilt z. B. Für Katzen.", "Und d. h. Auch für Hunde."]],
    ["Zimmer Nr. 7 ist frei. Am 3. Oktober kommt er.", ["Zimmer Nr. 7 ist frei.", "Am 3. Oktober kommt er."]],
    ["Im 19. Jahrhundert war das so. Heute nicht.", ["Im 19. Jahrhundert war das so.", "Heute nicht."]],
    ["By J. R. R. Tolkien. Take vitamin C. The end.", ["By J. R. R. Tolkien.", "Take vitamin C.", "The end."]],
    ["He came in 1999. The year was dry.", ["He came in 1999.", "The year was dry."]],
    ["今日は雨です。明日は晴れ！本当？", ["今日は雨です。", "明日は晴れ！", "本当？"]],
    ["“Stop.” Then he left. \"Really?\" she asked. Yes.", ["“Stop.”", "Then he left.", "\"Really?\" she asked.", "Yes."]],
    ["- first item\n- second item\n* third", ["- first item", "- second item", "* third"]],
    ["1. Do this.\n2. Do that.", ["1. Do this.", "2. Do that."]],
    ["A title\n\nThe text goes on. And on.", ["A title", "The text goes on.", "And on."]],
    ["A line that was\nwrapped here. Next,\nand on.", ["A line that was\nwrapped here.", "Next,\nand on."]],
    ["It is true.[1][2] The next one [3]. Last. [4, 5] End.", ["It is true.[1][2]", "The next one [3].", "Last. [4, 5]", "End."]],
    ["See https://example.org/a.B?x=1. It is there.", ["See https://example.org/a.B?x=1.", "It is there."]],
    ["Smith et al. 2020 found it. See Fig. 3 and p. 12 for more.", ["Smith et al. 2020 found it.", "See Fig. 3 and p. 12 for more."]],
    ["  \n ", []],
    ["", []],
    ["no end", ["no end"]],
  ];
  for (const [text, expected] of cases) it(JSON.stringify(text), () => expect(split(text)).toEqual(expected));

  it("covers everything but white space, in order", () => {
    const text = cases.map(([sample]) => sample).join("\n\n");
    let at = 0;
    for (const { start, end } of sentenceRanges(text)) {
      expect(text.slice(at, start).trim()).toBe("");
      expect(end).toBeGreaterThan(start);
      at = end;
    }
    expect(text.slice(at).trim()).toBe("");
  });

  it("stays fast on a megabyte without a full stop", () => {
    const started = performance.now();
    expect(sentenceRanges("a.b".repeat(350_000))).toHaveLength(1);
    expect(sentenceRanges("word ".repeat(200_000))).toHaveLength(1);
    expect(sentenceRanges(`${" ".repeat(200_000)}x${"\n".repeat(200_000)}`)).toHaveLength(1);
    expect(sentenceRanges("Hello, world. ".repeat(50_000))).toHaveLength(50_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
