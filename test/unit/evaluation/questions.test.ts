import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation, KnownQuestion } from "../../../engine/contract/index.ts";
import { QuestionSets } from "../../../engine/evaluation/question-sets.ts";
import { questionFromAnswer } from "../../../engine/evaluation/questions/from-answer.ts";
import { exportQuestions, importQuestions } from "../../../engine/evaluation/questions/import.ts";
import { questionsFrom } from "../../../engine/evaluation/questions/read.ts";

const full: KnownQuestion = {
  id: "all", question: 'What, "exactly"; is it?\nSay so.', history: [{ question: "And before?", answer: "Before, it was." }], expectAnswers: ["one | two", "three"], expectNumber: { value: -2.5, tolerance: 0.1 },
  expectDocument: "docs/a.md", expectPhrase: "it is", jsonSchema: { type: "object", required: ["a"] }, pattern: "^\\{.*\\}$", rubric: "Is polite; is short.", tags: ["x", "y z"],
};
const none: KnownQuestion = { id: "none", question: "Who?", unanswerable: true };

let folder: string;
let sets: QuestionSets;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lorekeep-questions-"));
  sets = await QuestionSets.open(folder);
});
afterAll(async () => {
  await sets.dispose();
  rmSync(folder, { recursive: true, force: true });
});
const noUpload = () => Promise.reject(new Error("no upload"));
const file = (name: string, content: string | Buffer) => { const path = join(folder, name); writeFileSync(path, content); return path; };

describe("out and in again", () => {
  test("every field survives JSON Lines and CSV", async () => {
    const set = await sets.save({ name: "Round: trip?", questions: [full, none] });
    for (const format of ["jsonl", "csv"] as const) {
      const { name, content } = exportQuestions(set, format);
      expect(name).toBe(`Round- trip-.${format}`);
      const back = await importQuestions({ path: file(name, content) }, sets, noUpload);
      expect(back.problems).toEqual([]);
      expect(back.set.questions).toEqual([full, none]);
    }
    expect(sets.list().map(({ name }) => name)).toEqual(["Round- trip-", "Round- trip- 2", "Round: trip?"]);
  });

  test("into a set that is there: the same id replaces", async () => {
    const set = await sets.save({ name: "Target", questions: [none] });
    const result = await importQuestions({ text: '{"id": "none", "question": "Who now?", "answer": null}\n{"id": 7, "question": "Which?", "answer": 42}', setId: set.id }, sets, noUpload);
    expect(result).toMatchObject({ added: 1, replaced: 1 });
    expect(result.set.questions).toEqual([{ id: "none", question: "Who now?", unanswerable: true }, { id: "7", question: "Which?", expectAnswers: ["42"] }]);
  });
});

test("questions without an id: another file's lines replace none of them; the same file again replaces its own, wherever they stand now", async () => {
  const ofLines = (...lines: string[]) => lines.map((line) => `{"question": "${line}?", "answer": "${line}"}`).join("\n");
  const { set } = await importQuestions({ text: ofLines("A", "B"), name: "Lines" }, sets, noUpload);
  expect(await importQuestions({ text: ofLines("C", "D"), setId: set.id }, sets, noUpload)).toMatchObject({ added: 2, replaced: 0 });
  const again = await importQuestions({ text: ofLines("E", "A", "B").replace('"answer": "B"', '"answer": "b"'), setId: set.id }, sets, noUpload);
  expect(again).toMatchObject({ added: 1, replaced: 2 });
  expect(again.set.questions.map(({ id, question, expectAnswers }) => [id, question, expectAnswers?.[0]])).toEqual([["line-1", "A?", "A"], ["line-2", "B?", "b"], ["line-1-2", "C?", "C"], ["line-2-2", "D?", "D"], ["line-1-3", "E?", "E"]]);
});

describe("what bad input gets", () => {
  test("JSON Lines: the number and reason of each broken line; the good ones go on", () => {
    const lines = ['{"id": "a", "question": "Good?", "answer": "yes"}', "", "{broken", '{"id": "b", "question": "Nothing expected?"}', '{"id": "a", "question": "Again?", "answer": "x"}', '{"question": "No id?", "answers": ["x"]}', '{"id": "c", "question": "?", "schema": {"type": "word"}}', '{"id": "d", "question": "?", "pattern": "("}', "[1]"];
    const { questions, problems } = questionsFrom(lines.join("\r\n"), "jsonl");
    expect(questions.map(({ id }) => id)).toEqual(["a", "line-6"]);
    expect(problems.map(({ line }) => line)).toEqual([3, 4, 5, 7, 8, 9]);
    expect(problems.map(({ reason }) => reason).join("\n")).toMatch(/Not JSON.*\n.*Needs an expectation.*\n.*id “a” already.*\n.*is no JSON schema.*\n.*no regular expression.*\n.*Not an object/);
  });

  test("CSV: semicolons, quotes and line breaks, other names for columns, broken rows", () => {
    const text = 'ID;Question;Answer;Unanswerable;Number;Tolerance;Other\r\n1;"What; is\r\nit?";this | that;;;;z\r\n2;Really?;;maybe;;;\r\n3;How many?;;;12,5;;\r\n4;How far?;;;12.5;1;\r\n5;Short?\r\n6;Who?;;yes;;;\r\n';
    const { questions, problems } = questionsFrom(text, "csv");
    expect(questions).toEqual([{ id: "1", question: "What; is\nit?", expectAnswers: ["this", "that"] }, { id: "4", question: "How far?", expectNumber: { value: 12.5, tolerance: 1 } }, { id: "6", question: "Who?", unanswerable: true }]);
    expect(problems.map(({ line }) => line)).toEqual([4, 5, 7]);
    expect(problems[0]?.reason).toBe("Unanswerable: “maybe” is neither yes nor no.");
    expect(problems[1]?.reason).toBe("Number: “12,5” is no number.");
    expect(questionsFrom("a,b\n1,2\n", "csv").problems[0]?.reason).toMatch(/must name the columns/);
    expect(questionsFrom('question,answer\n"Never closed?,yes\n', "csv").problems[0]?.reason).toMatch(/Not CSV/);
  });

  test("byte order marks, UTF-16, Windows letters; bytes that are no text, files that are not there, nothing to use", async () => {
    const text = "question,answer\nWie heißt die Bürgermeisterin von Köln in diesem schönen Jahr?,Käthe Müller\n";
    for (const [name, bytes] of [["bom", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])], ["utf16", Buffer.concat([Buffer.from([0xff, 0xfe]), iconv.encode(text, "utf-16le")])], ["windows", iconv.encode(text, "windows-1252")]] as const) {
      const { set } = await importQuestions({ path: file(`${name}.csv`, bytes) }, sets, noUpload);
      expect(set.questions[0], name).toMatchObject({ question: "Wie heißt die Bürgermeisterin von Köln in diesem schönen Jahr?", expectAnswers: ["Käthe Müller"] });
    }
    await expect(importQuestions({ path: file("zeros.csv", Buffer.from([0, 1, 2, 0, 255, 0])) }, sets, noUpload)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    await expect(importQuestions({ path: join(folder, "nowhere.csv") }, sets, noUpload)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await importQuestions({ text: '\ufeff{"question": "Who?", "answer": "Ann"}' }, sets, noUpload)).problems, "pasted with its mark").toEqual([]);
    await expect(importQuestions({ text: "{x" }, sets, noUpload)).rejects.toMatchObject({ code: "INVALID", message: /Line 1: Not JSON/ });
    await expect(importQuestions({}, sets, noUpload)).rejects.toMatchObject({ code: "INVALID" });
  });

  test("a set is refused with a schema that is none, a pattern that is none, an id twice", async () => {
    await expect(sets.save({ name: "S", questions: [none], jsonSchema: { type: 3 } })).rejects.toMatchObject({ code: "INVALID", message: /no JSON schema/ });
    await expect(sets.save({ name: "S", questions: [{ ...none, pattern: "[" }] })).rejects.toMatchObject({ message: /Question none: .*no regular expression/ });
    await expect(sets.save({ name: "S", questions: [none, none] })).rejects.toMatchObject({ code: "INVALID" });
  });
});

describe("an answer of a chat as a known question", () => {
  const passage = { id: "p", documentId: "d", collectionId: "c", path: "/x/towns.md", format: "markdown" as const, headingPath: [], position: 0, range: { start: 0, end: 30 }, text: "Krasil lies at 2028 metres." };
  const trace = { mode: "documents" as const, adapters: [], question: "", filter: {}, candidates: [], tokens: {}, steps: [], started: "", totalMs: 1, notes: [] };
  const assistant = (id: string, parentId: string, text: string, claim: boolean) => ({
    id, parentId, role: "assistant" as const, text, created: "", state: "complete" as const, sources: [{ number: 1, passage, range: passage.range, text: passage.text }], trace,
    sentences: [{ range: { start: 0, end: text.length }, text, claim, supported: claim, flags: [], citations: claim ? [{ source: 1, range: passage.range, text: "lies at 2028 metres", support: 1, marked: true }] : [] }],
  });
  const conversation: Conversation = {
    id: "c", title: "", created: "", updated: "", messages: 4, options: { mode: "documents", adapters: [], filter: {}, sampling: {} }, unlocked: false, head: "a2",
    tree: [{ id: "u1", parentId: null, role: "user", text: "Where is Krasil?", created: "" }, assistant("a1", "u1", "In the hills [1].", true), { id: "u2", parentId: "a1", role: "user", text: "How high?", created: "" }, assistant("a2", "u2", "At 2028 metres [1].", true), assistant("a3", "u2", "I don't know.", false), assistant("a4", "u2", "long ".repeat(200), true)],
  };

  test("question, exchanges before it, answer, document and cited words", () => {
    expect(questionFromAnswer(conversation, "a2")).toEqual({ id: "a2", question: "How high?", history: [{ question: "Where is Krasil?", answer: "In the hills." }], expectAnswers: ["At 2028 metres."], expectDocument: "/x/towns.md", expectPhrase: "lies at 2028 metres" });
    expect(questionFromAnswer(conversation, "a2", "2028").expectAnswers).toEqual(["2028"]);
    expect(questionFromAnswer(conversation, "a3")).toMatchObject({ unanswerable: true });
    expect(questionFromAnswer(conversation, "a4")).not.toHaveProperty("expectAnswers");
    const label = assistant("a5", "u2", '{"label": "hills"}', false);
    const empty = assistant("a6", "u2", "", false);
    const more = { ...conversation, tree: [...conversation.tree, { ...label, sentences: [] }, { ...empty, sentences: [] }] };
    expect(questionFromAnswer(more, "a5")).toMatchObject({ expectAnswers: ["hills"] });
    expect(() => questionFromAnswer(more, "a6")).toThrow("This answer is empty.");
    expect(() => questionFromAnswer(conversation, "u2")).toThrow(/Only an answer/);
    expect(() => questionFromAnswer(conversation, "zz")).toThrow(/no such message/);
  });
});
