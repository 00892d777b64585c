import { describe, expect, test } from "vitest";
import type { AnswerSentence } from "../../../engine/contract/index.ts";
import { answerPieces } from "../../../renderer/chat/json-answer.ts";
import { isJson, jsonPieces } from "../../../renderer/markdown/json.ts";

const shown = (text: string): string => jsonPieces(text).map((piece) => piece.text).join("");
const values: readonly unknown[] = [
  { answer: "The code is XP-579.", source: 1, confidence: "high" }, {}, [[], {}, [{}]], { a: { b: [1, -2.5e3, true, false, null] }, "": "" },
  { quoted: "say \"no\" to } and , and : and \\", lines: "one\ntwo", scripts: "日本語 עברית 🜁" }, [{ a: 1 }, "two", ["three"]],
];

describe("JSON as it is shown", () => {
  test("reads as JSON.stringify writes it, whichever white space it came with", () => {
    for (const value of values) for (const space of [undefined, 1, "\t"]) expect(shown(JSON.stringify(value, null, space))).toBe(JSON.stringify(value, null, 2));
  });

  test("keeps every token where it stands in the text", () => {
    const text = ' {"a" :1.50,\n"b":"\\u00e9"} ';
    for (const { text: piece, range } of jsonPieces(text)) expect(range ? text.slice(range.start, range.end) : piece.trim()).toBe(range ? piece : "");
    expect(shown(text)).toBe('{\n  "a": 1.50,\n  "b": "\\u00e9"\n}');
  });

  test("shows what is written so far", () => {
    expect(shown('{"answer": "The co')).toBe('{\n  "answer": "The co');
    expect(shown('{"list": [1, 2')).toBe('{\n  "list": [\n    1,\n    2');
    expect(shown('{"a": "ends in \\')).toContain("ends in");
  });

  test("takes objects and lists of things for JSON, nothing a person would write", () => {
    for (const text of ['{"a": 1}', "{}", '[{"a": 1}]', ' ["a"]\n', '{"a": 1', '{"a": "cut sho']) expect(isJson(text), text).toBe(true);
    for (const text of ["[1] says so.", "[1]", "{a}", '{"a": 1} as asked', "42", "", "[see](#x)", '{"a": [1]} {']) expect(isJson(text), text).toBe(false);
  });
});

describe("a JSON answer", () => {
  const sentencesOf = (text: string, parts: readonly string[]): AnswerSentence[] => parts.map((part) => ({ range: { start: text.indexOf(part), end: text.indexOf(part) + part.length }, text: part, claim: true, supported: true, flags: [], citations: [] }));
  const chipped = (text: string, parts: readonly string[]) => answerPieces(text, sentencesOf(text, parts)).map(({ text: piece, chips }) => `${piece}${chips.map((chip) => `<${chip}>`).join("")}`).join("");

  test("has the citations of a sentence behind its words, outside the quotation marks", () => {
    const text = '{"answer": "The code is XP-579.", "source": 1}';
    expect(chipped(text, ['{"answer": "The code is XP-579.', '", "source": 1}'])).toBe('{\n  "answer": "The code is XP-579."<0>,\n  "source": 1\n}<1>');
  });

  test("is cut within a string of several sentences", () => {
    expect(chipped('{"a": "One is here. Two is there."}', ['{"a": "One is here.', 'Two is there.', '"}'])).toBe('{\n  "a": "One is here.<0> Two is there."<1>\n}<2>');
  });

  test("without a full stop has them behind its longest words", () => {
    const text = '{"kind": "a", "answer": "Wenven is mayor", "sure": "yes"}';
    expect(chipped(text, [text])).toContain('"Wenven is mayor"<0>');
  });
});
