import { describe, expect, test } from "vitest";
import { statements } from "../../../engine/answer/evidence/statements.ts";
import type { Answered } from "../../../engine/answer/answer-question.ts";
import type { AnswerMode, KnownQuestion } from "../../../engine/contract/index.ts";
import { besides, factScores, saidBy } from "../../../engine/evaluation/score/facts.ts";
import { hasNumber, numbersIn } from "../../../engine/evaluation/score/numbers.ts";
import { compilePattern, matchesPattern } from "../../../engine/evaluation/score/pattern.ts";
import { repetition } from "../../../engine/evaluation/score/repetition.ts";
import { compileSchema } from "../../../engine/base/json-schema.ts";
import { scoreAnswer } from "../../../engine/evaluation/score/score.ts";
import { WordEmbedder } from "../../fakes/memory-store.ts";

const question = (more: Partial<KnownQuestion>): KnownQuestion => ({ id: "q", question: "?", ...more });
const fact = (said: string, ...expectAnswers: string[]) => factScores(saidBy(said), question({ expectAnswers }), besides(said));

describe("facts", () => {
  test("whole words in a row, without case, accents, articles and signs", () => {
    expect(fact("The mayor of Krasil is Dórnis  Rosson.", "dornis rosson")?.fact).toBe(true);
    expect(fact("It starts on 8 July.", "8 July")?.fact).toBe(true);
    expect(fact("It starts on 8 March, 9 July.", "8 July")?.fact).toBe(false);
    expect(fact("Population 1782.", "782")?.fact).toBe(false);
    expect(fact("He makes the pianos", "pianos")?.fact).toBe(true);
    expect(fact("A pianist", "piano")?.fact).toBe(false);
    expect(fact("either", "this", "either")?.exact).toBe(true);
  });

  test("a number by its value, however it is written, and with a tolerance", () => {
    expect(fact("It costs 2,028 crowns [1].", "2028")?.fact).toBe(true);
    expect(fact("Es kostet 2.028 Kronen.", "2028")?.fact).toBe(true);
    expect(fact("Minus: -5 degrees", "5")?.fact).toBe(true); // Words in a row: the sign is left out there.
    expect(hasNumber("Minus: -5 degrees", -5)).toBe(true);
    expect(hasNumber("pages 3-5", -5)).toBe(false);
    expect(hasNumber("about 9.81 m/s²", 9.8, 0.02)).toBe(true);
    expect(hasNumber("about 9.9 m/s²", 9.8, 0.02)).toBe(false);
    expect(hasNumber("12%", 12)).toBe(true);
    expect(hasNumber("YF-009", 9)).toBe(false);
    expect(numbersIn("1.200")).toEqual([[1200, 1.2]]);
    expect(numbersIn("٣٤")).toEqual([[34]]);
    expect(factScores("around 40 km", question({ expectNumber: { value: 42, tolerance: 2 } }))).toMatchObject({ fact: true, exact: false });
  });

  test("a source number is no fact, in marks and in JSON", () => {
    expect(fact("I cannot say [2].", "2")?.fact).toBe(false);
    expect(fact('{"answer": "Friday", "source": 2, "confidence": "low"}', "2")?.fact).toBe(false);
    expect(fact('{"answer": "Friday", "source": 2}', "friday")).toMatchObject({ fact: true, exact: true, tokenF1: 1 });
  });

  test("a JSON answer that sorts or decides says its label or truth value; beside a text they count as facts, and how sure it is never does", () => {
    expect(fact('{"label": "billing", "confidence": 0.9}', "billing")).toEqual({ fact: true, exact: true, tokenF1: 1 });
    expect(fact('{"urgent": true}', "true")).toMatchObject({ fact: true, exact: true });
    expect(fact('{"summary": "A bill is wrong [1].", "category": "billing"}', "billing")).toMatchObject({ fact: true, exact: false });
    expect(fact('{"summary": "A bill is wrong [1].", "category": "billing"}', "a bill is wrong")).toMatchObject({ exact: true });
    expect(fact('{"answer": null, "category": "billing", "confidence": "low"}', "low")?.fact).toBe(false);
  });

  test("token F1 as in SQuAD's script: prediction 'the big red car', gold 'a red car' has 2 of 3 and 2 of 2", () => {
    expect(fact("the big red car", "a red car")?.tokenF1).toBeCloseTo((2 * (2 / 3) * 1) / (2 / 3 + 1), 12);
    expect(fact("", "a red car")).toEqual({ fact: false, exact: false, tokenF1: 0 });
    expect(factScores("x", question({}))).toBeUndefined();
  });
});

describe("format", () => {
  const schema = { type: "object", properties: { answer: { type: ["string", "null"] }, confidence: { enum: ["high", "low"] } }, required: ["answer", "confidence"], additionalProperties: false };

  test("a schema says in a sentence what is missed", () => {
    const check = compileSchema({ $schema: "https://json-schema.org/draft/2020-12/schema", ...schema });
    expect(check('{"answer": null, "confidence": "low"}')).toEqual({ valid: true });
    expect(check("I don't know.").problem).toBe("The answer is not JSON.");
    expect(compileSchema({ type: "integer" })("1e999").valid).toBe(false);
    expect(check("```json\n{}\n```").valid).toBe(false);
    expect(check('{"answer": null}').problem).toBe("The answer must have required property 'confidence'.");
    expect(check('{"answer": 1, "confidence": "low"}').problem).toBe("“answer” must be string,null.");
    expect(check('{"answer": null, "confidence": "sure"}').problem).toBe('“confidence” must be equal to one of the allowed values: "high", "low".');
    expect(check('{"answer": null, "confidence": "low", "x": 1}').problem).toContain("“x”");
  });

  test("each draft; what is no schema is refused in a sentence, and nothing is fetched", () => {
    for (const $schema of ["http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema"]) expect(compileSchema({ $schema, ...schema })("{}").valid).toBe(false);
    for (const bad of [{ type: "word" }, { properties: 3 }, { $ref: "https://example.org/x.json" }, { $schema: "http://json-schema.org/draft-04/schema#", type: "object" }, { type: "string", pattern: "(" }]) {
      expect(() => compileSchema(bad), JSON.stringify(bad)).toThrow(/^This is no JSON schema: /);
    }
    expect(() => compileSchema({ type: "word" })).toThrow("This is no JSON schema: “type” must be equal to one of the allowed values.");
    expect(() => compileSchema({ type: "object", properties: { a: 3 } })).toThrow("This is no JSON schema: “properties.a” must be object,boolean.");
  });

  test("patterns: flag u, somewhere; one that backtracks without end is ended, and one that is none is refused", () => {
    expect(matchesPattern("^\\p{Lu}.*\\.$", "Ähre im Feld.")).toEqual({ matches: true });
    expect(matchesPattern("^x", "yx").matches).toBe(false);
    expect(matchesPattern("^(a+)+$", `${"a".repeat(60)}!`).problem).toContain("backtrack");
    expect(compileSchema({ type: "string", pattern: "^(a+)+$" })(JSON.stringify(`${"a".repeat(60)}!`)).problem).toContain("backtrack");
    expect(() => compilePattern("(")).toThrow(/is no regular expression/);
  });
});

test("repetition: runs of four words that were there before", () => {
  expect(repetition("one two three four five six seven eight")).toBe(0);
  expect(repetition("so it is so it is so it is so it is")).toBeCloseTo(1 - 3 / 9, 12);
  expect(repetition("short")).toBe(0);
});

describe("one answer as a whole", () => {
  const passage = { id: "p", documentId: "towns.md", collectionId: "c", path: "/library/towns.md", format: "markdown" as const, headingPath: [], position: 0, range: { start: 0, end: 60 }, text: "The altitude of Krasil is 2028 metres." };
  const answered = (text: string, mode: AnswerMode, more: Partial<Answered> & { cites?: number; marked?: boolean } = {}): Answered => ({
    text, state: "complete", sources: mode === "documents" ? [{ number: 1, passage: { ...passage, text: "Other." }, range: passage.range, text: "Other." }, { number: 2, passage, range: passage.range, text: passage.text }] : [],
    sentences: statements(text).map(({ range, text: own, claim }) => ({ range, text: own, claim, supported: true, flags: [], citations: more.cites ? [{ source: more.cites, range, text: own, support: 1, marked: more.marked ?? false }] : [] })),
    trace: { mode, adapters: [], question: "?", filter: {}, candidates: mode === "documents" ? [{ passage: { ...passage, id: "x", text: "Other." } }, { passage }] : [], tokens: {}, steps: [], started: "", totalMs: 1, notes: [] }, ...more,
  });
  const scoring = { embedder: new WordEmbedder() };
  const known = question({ expectAnswers: ["2028"], expectDocument: "towns.md" });

  test("documents: found, cited, supported", async () => {
    expect(await scoreAnswer(known, answered("It is 2028 metres [2].", "documents", { cites: 2, marked: true }), scoring)).toMatchObject({
      correct: true, fact: true, answered: true, refused: false, recall: 1, precision: 0.5, rank: 2, citation: true, marked: true, faithfulness: 1, repetition: 0, words: 4,
    });
    expect(await scoreAnswer(known, answered("It is 2028 metres.", "documents", { cites: 1 }), scoring)).toMatchObject({ correct: true, citation: false, marked: false });
  });

  test("base has no retrieval and no citations; refusing is wrong where there is an answer, right where there is none", async () => {
    const refused = await scoreAnswer(known, answered("I don't know.", "base"), scoring);
    expect(refused).toMatchObject({ correct: false, fact: false, answered: false, refused: true });
    for (const field of ["recall", "citation", "faithfulness", "refusal"]) expect(refused).not.toHaveProperty(field);
    const none = question({ unanswerable: true });
    expect(await scoreAnswer(none, answered("I don't know.", "base"), scoring)).toMatchObject({ correct: true, refusal: true });
    expect(await scoreAnswer(none, answered('{"answer": null, "source": null, "confidence": "low"}', "fine-tune"), scoring)).toMatchObject({ correct: true, refusal: true });
    expect(await scoreAnswer(none, answered("It is 2028 metres.", "base"), scoring)).toMatchObject({ correct: false, refusal: false });
  });

  test("an answer that is empty or failed does not say that it does not know, and is right nowhere", async () => {
    const none = question({ unanswerable: true });
    for (const more of [{}, { state: "failed" as const, error: { code: "WORKER_DIED", reason: "It died." } }]) {
      expect(await scoreAnswer(none, answered("", "base", more), scoring)).toMatchObject({ refused: false, refusal: false, correct: false });
      expect(await scoreAnswer(known, answered("", "base", more), scoring)).toMatchObject({ refused: false, answered: false, correct: false });
    }
    expect(await scoreAnswer(question({ expectAnswers: ["billing"] }), answered('{"label": "billing"}', "fine-tune"), scoring)).toMatchObject({ refused: false, answered: true, correct: true });
    expect(await scoreAnswer(none, answered('{"answer": null, "category": "person"}', "fine-tune"), scoring)).toMatchObject({ refusal: true, correct: true });
  });

  test("a wrong source number counts where the model wrote any; without documents only one that surely means a source", async () => {
    const marked = (named: number[], flags: ("wrong-marker")[], mode: AnswerMode = "documents") => {
      const one = answered("It is 2028 metres.", mode);
      return scoreAnswer(known, { ...one, sentences: one.sentences.map((sentence) => ({ ...sentence, flags, ...(named.length > 0 ? { named } : {}) })) }, scoring);
    };
    expect(await marked([7], ["wrong-marker"])).toMatchObject({ mismarked: true, correct: true });
    expect(await marked([2], [])).toMatchObject({ mismarked: false });
    expect(await marked([], [])).not.toHaveProperty("mismarked");
    expect(await marked([7], ["wrong-marker"], "fine-tune")).toMatchObject({ mismarked: true });
    expect(await marked([7], [], "base")).not.toHaveProperty("mismarked");
  });

  test("content and format must both be right; an answer that failed never is; a rubric alone decides nothing", async () => {
    const schema = compileSchema({ type: "object" });
    expect(await scoreAnswer(known, answered("It is 2028.", "base"), { ...scoring, schema })).toMatchObject({ correct: false, fact: true, format: false, formatProblem: "The answer is not JSON." });
    expect(await scoreAnswer(known, answered('{"answer": "2028"}', "base"), { ...scoring, schema })).toMatchObject({ correct: true, format: true });
    expect(await scoreAnswer({ ...known, pattern: "crowns$" }, answered("2028 metres", "base"), scoring)).toMatchObject({ correct: false, pattern: false });
    expect(await scoreAnswer(known, answered("It is 2028", "base", { state: "failed" }), scoring)).toMatchObject({ correct: false, fact: true });
    expect(await scoreAnswer(question({ rubric: "Is polite." }), answered("Hello", "base"), scoring)).not.toHaveProperty("correct");
    const place = question({ expectDocument: "towns.md" });
    expect(await scoreAnswer(place, answered("Krasil stands high.", "documents", { cites: 2 }), scoring)).toMatchObject({ correct: true, citation: true });
    expect(await scoreAnswer(place, answered("Krasil stands high.", "documents"), scoring)).toMatchObject({ correct: false, citation: false });
    expect(await scoreAnswer(place, answered("Krasil stands high.", "base"), scoring)).toMatchObject({ correct: false });
  });
});
