import { describe, expect, test } from "vitest";
import type { AnswerMode, Limit, Questionnaire, RunAnswer, RunVariant } from "../../../engine/contract/index.ts";
import { runVariant } from "../../../engine/contract/index.ts";
import { compareRuns } from "../../../engine/evaluation/report/compare.ts";
import { exportReport } from "../../../engine/evaluation/report/export.ts";
import { reportOf } from "../../../engine/evaluation/report/report.ts";
import { answerKey, runHeader, type RunContent } from "../../../engine/evaluation/run/run-file.ts";

type Share = { fact?: number; format?: number; ms?: number; offset?: number };

/** A run of `n` questions in which each variant has so many facts and so many formats right; `offset` shifts which ones. */
function content(n: number, variants: Record<string, Share & { mode?: AnswerMode; enforced?: boolean }>, more: { text?: string; id?: string } = {}): RunContent {
  const list: RunVariant[] = Object.entries(variants).map(([name, { mode, enforced }]) => runVariant.parse({ name, mode: mode ?? name, enforceSchema: enforced ?? false }));
  const questions = Array.from({ length: n }, (_, i) => ({ id: `q${i}`, question: `${more.text ?? "Question"} ${i}?`, expectAnswers: ["x"] }));
  const answers = new Map(list.flatMap(({ name }) => questions.map(({ id }, i): [string, RunAnswer] => {
    const { fact = 0, format, ms = 100, offset = 0 } = variants[name] ?? {};
    const at = (i + offset) % n;
    const right = at < fact * n;
    const formed = format === undefined ? undefined : at < format * n;
    return [answerKey(name, id), {
      variant: name, questionId: id, text: more.text ?? "text", state: "complete", sentences: [], sources: [], totalMs: ms + i, firstTokenMs: ms / 2, time: "2026-01-01T00:00:00Z", promptTokens: 10, completionTokens: 5,
      scores: { correct: right && formed !== false, fact: right, refused: !right, ...(formed === undefined ? {} : { format: formed }), tokenF1: right ? 1 : 0, repetition: 0, characters: 4, words: 1 },
    }];
  })));
  const header = runHeader.parse({ type: "run", version: 1, id: more.id ?? "run", started: "2026-01-01T00:00:00.000Z", setId: "s", setName: more.text ?? "Set", questions, variants: list, filter: {}, includePrivate: false, settings: { answers: {}, search: {} }, fingerprint: "f" });
  return { header, answers, state: { type: "state", state: "done", time: "" } };
}

/** The toy world's figures: facts and format of the four corners over 56 questions. */
const toy = { base: { fact: 0, format: 0 }, documents: { fact: 0.88, format: 0, ms: 400 }, "fine-tune": { fact: 0, format: 1 }, hybrid: { fact: 0.85, format: 0.93, ms: 500 } };
const said = (more: Partial<Questionnaire>): Questionnaire => ({ changes: "yearly", citations: "no", format: "any", speed: "any", examples: 500, ...more });
const advice = (variants: Parameters<typeof content>[1], questionnaire?: Questionnaire, n = 56) => reportOf(content(n, variants), { questionnaire }).recommendation;

describe("the recommendation", () => {
  test("on the toy world's figures it follows the work: documents, fine-tune, hybrid, and nothing at all", () => {
    const documents = advice(toy, said({ changes: "daily", citations: "required" }));
    expect(documents).toMatchObject({ choice: "documents", sure: true });
    expect(documents.reasons.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["changing-knowledge", "must-cite", "any-form", "documents-bring-facts", "fine-tune-without-facts"]));
    expect(advice(toy, said({ changes: "no-knowledge", format: "fixed", speed: "instant" }))).toMatchObject({ choice: "fine-tune", sure: true });
    expect(advice(toy, said({ changes: "monthly", citations: "required", format: "fixed" }))).toMatchObject({ choice: "hybrid", sure: true });
    expect(advice(toy, said({ changes: "no-knowledge" }))).toMatchObject({ choice: "prompt" });
  });

  test("facts that a fine-tune does not have are not got by wishing: form and speed alone do not make it the choice", () => {
    expect(advice(toy, said({ changes: "never", format: "fixed", speed: "instant" }))).toMatchObject({ choice: "hybrid" });
  });

  test("without a questionnaire the measurements speak, and it says that half is missing", () => {
    const one = advice(toy);
    expect(one).toMatchObject({ choice: "hybrid", sure: false });
    expect(one.sentence).toMatch(/only the measurements have spoken/);
    expect(one.reasons.map(({ sentence }) => sentence).join(" ")).toMatch(/With documents \d+ % of the facts are right, without \d+ %\./);
    expect(one.open[0]).toMatch(/questions about the work are not answered/);
  });

  test("where nothing speaks for anything it does not guess", () => {
    const one = advice({ base: { fact: 0 }, documents: { fact: 1 } }, undefined, 3);
    expect(one).toMatchObject({ choice: "undecided", sure: false, reasons: [] });
    expect(one.open.join("\n")).toMatch(/documents and base cannot be told apart/);
  });

  test("a base model that is good enough needs nothing", () => {
    expect(advice({ base: { fact: 0.95 }, documents: { fact: 0.96 } }, said({}))).toMatchObject({ choice: "prompt" });
  });

  test("too few examples and no fine-tune yet: documents, though a tone is wanted; with enough, both", () => {
    const measured = { base: { fact: 0.1 }, documents: { fact: 0.9 } };
    expect(advice(measured, said({ changes: "monthly", format: "tone", examples: 12 }))).toMatchObject({ choice: "documents" });
    expect(advice(measured, said({ changes: "monthly", format: "tone", examples: 800 }))).toMatchObject({ choice: "hybrid" });
  });

  test("a fine-tune on top that costs facts is not taken for citations alone; a grammar that gives the format replaces it", () => {
    expect(advice({ base: { fact: 0 }, documents: { fact: 0.9 }, hybrid: { fact: 0.4 } }, said({ changes: "daily", citations: "required", format: "tone" }))).toMatchObject({ choice: "documents" });
    const grammar = advice({ ...toy, hybrid: { fact: 0.6, format: 0.7 }, enforced: { mode: "documents", enforced: true, fact: 0.88, format: 1 } }, said({ changes: "daily", format: "fixed" }));
    expect(grammar).toMatchObject({ choice: "documents" });
    expect(grammar.reasons.map(({ rule }) => rule)).toContain("grammar-brings-format");
  });

  test("what no rule could score is not said to be wrong", () => {
    const run = content(30, { base: { fact: 0 }, documents: { fact: 0 } });
    const answers = new Map([...run.answers].map(([key, answer]) => { const { correct: _, fact: __, tokenF1: ___, ...scores } = answer.scores; return [key, { ...answer, scores }]; }));
    expect(reportOf({ ...run, answers }).recommendation.reasons.map(({ rule }) => rule)).not.toContain("nothing-works");
    expect(reportOf(run).recommendation.reasons.map(({ rule }) => rule)).toContain("nothing-works");
  });

  test("a reason names the figures that it rests on", () => {
    const sentence = (variants: Parameters<typeof content>[1], rule: string) => advice(variants, said({ format: "fixed" })).reasons.find((one) => one.rule === rule)?.sentence;
    expect(sentence({ base: { fact: 0, format: 0.9 }, documents: { fact: 0.5, format: 0.2 }, "fine-tune": { fact: 0, format: 0.9 }, hybrid: { fact: 0.5, format: 0.95 } }, "fine-tune-brings-format")).toBe("The fine-tune keeps the format in 96 % of its answers, the base in 21 %.");
    const enforced = { mode: "base" as const, enforced: true, fact: 0.9, format: 1 };
    expect(sentence({ base: { fact: 0.9, format: 0 }, enforced, "enforced documents": { ...enforced, mode: "documents", format: 0.5 } }, "grammar-brings-format")).toBe("A grammar that enforces the schema does it without a fine-tune: 100 % of the answers follow it.");
  });

  test("numbers that do not tell the corners apart say so, and how many more questions it would take", () => {
    const { open, choice } = advice({ base: { fact: 0.4 }, documents: { fact: 0.5, offset: 2 }, "fine-tune": { fact: 0.4 }, hybrid: { fact: 0.5, offset: 2 } }, said({}), 20);
    expect(open.join("\n")).toMatch(/documents and base cannot be told apart in facts \(difference .\d+ points?, p .* about \d+ more questions/);
    expect(open.join("\n")).toMatch(/hybrid and documents do not differ in facts/);
    expect(choice).toBe("documents"); // By what was said alone.
    expect(advice({ base: { fact: 0 }, documents: { fact: 1 } }, said({}), 4).open.join("\n")).toMatch(/4 questions are few/);
  });
});

describe("pairs and limits", () => {
  test("six pairs on each measure, corrected together, with the questions it would take", () => {
    const { pairs } = reportOf(content(56, toy));
    expect(pairs.filter(({ measure }) => measure === "fact")).toHaveLength(6);
    const of = (a: string, b: string, measure: string) => pairs.find((one) => one.a === a && one.b === b && one.measure === measure);
    expect(of("base", "documents", "fact")).toMatchObject({ told: true, test: "mcnemar", onlyA: 0, onlyB: 50, n: 56 });
    expect(of("base", "documents", "fact")).not.toHaveProperty("more");
    expect(of("documents", "hybrid", "fact")).toMatchObject({ told: false, onlyA: 2, onlyB: 0, holm: 1 });
    expect(of("documents", "hybrid", "fact")?.more).toBeGreaterThan(100);
    expect(of("documents", "hybrid", "totalMs")).toMatchObject({ test: "wilcoxon", told: true, difference: { mean: -100 } });
  });

  test("a broken limit says so; one that checks nothing is broken, too", () => {
    const limits: Limit[] = [{ measure: "fact", value: 0.8, variant: "Documents" }, { measure: "format", value: 0.95 }, { measure: "p95Ms", value: 300, variant: "documents" }, { measure: "faithfulness", value: 0.5 }, { measure: "correct", value: 0, variant: "Nobody" }];
    const { limits: checked, broken } = reportOf(content(56, toy), { limits });
    expect(broken).toBe(true);
    expect(checked.map(({ variant, broken: is }) => [variant, is])).toEqual([["documents", false], ["base", true], ["documents", true], ["fine-tune", false], ["hybrid", true], ["documents", true], ["", true], ["Nobody", true]]);
    expect(checked[5]?.sentence).toBe("The slowest twentieth of the answers, documents: 452 ms, over the limit of 300 ms.");
    expect(reportOf(content(56, toy), { limits: limits.slice(0, 1) }).broken).toBe(false);
  });
});

describe("exports", () => {
  const hostile = '<script>alert(1)</script> | =1+1 "quoted"\nline';
  const run = content(12, { base: { fact: 0.5, format: 0.5 }, documents: { fact: 1, format: 1 } }, { text: hostile });
  const report = reportOf(run, { questionnaire: said({}), limits: [{ measure: "fact", value: 0.9 }] });
  const as = (format: "markdown" | "html" | "csv" | "json") => exportReport(report, run, format);

  test("HTML: one file without scripts or anything fetched, escaped, with a chart", () => {
    const { name, content: html } = as("html");
    expect(name).toMatch(/^[^<>|"/\\:*?]+-2026-01-01-00-00\.html$/);
    expect(html).not.toMatch(/<script|<img|<link|https?:\/\/|javascript:/);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("Content-Security-Policy");
    expect(html).toContain("prefers-color-scheme: dark");
    expect(html.match(/<rect class="bar/g)?.length).toBe(6);
    expect(html).toContain("A limit is broken.");
  });

  test("Markdown: tables whose cells hold what was written", () => {
    const { content: text } = as("markdown");
    expect(text).toContain("\\<script\\>alert(1)\\</script\\> \\| =1+1");
    expect(text).toContain("| Right | 0.50");
    const tables = text.split("\n").filter((line) => line.startsWith("|"));
    expect(tables.length).toBeGreaterThan(10);
    expect(tables.every((line) => line.endsWith("|"))).toBe(true);
  });

  test("CSV: a row per answer that no spreadsheet runs; JSON: the report with all answers", () => {
    const { content: csv } = as("csv");
    expect(csv.split("\r\n")[0]).toMatch(/^variant,question_id,question,expected/);
    expect(csv.match(/^(?:base|documents),q\d+,/gm)).toHaveLength(24);
    const formula = content(1, { base: { fact: 1 } }, { text: "=cmd()" });
    expect(exportReport(reportOf(formula), formula, "csv").content).toContain("'=cmd()");
    const all = JSON.parse(as("json").content) as { report: unknown; answers: unknown[] };
    expect(all.report).toEqual(report);
    expect(all.answers).toHaveLength(24);
  });
});

describe("two reports", () => {
  test("variant by variant, question by question; what came right and what went wrong", () => {
    const before = content(40, { documents: { fact: 0.5 }, base: { fact: 0.1 } }, { id: "a" });
    const after = content(40, { documents: { fact: 0.9 }, hybrid: { fact: 0.9 } }, { id: "b" });
    const { variants, unmatched, sentences } = compareRuns(before, after);
    expect(unmatched).toEqual(["base", "hybrid"]);
    expect(variants).toHaveLength(1);
    expect(variants[0]).toMatchObject({ name: "documents", n: 40, worse: [] });
    expect(variants[0]?.better).toHaveLength(16);
    expect(sentences[0]).toMatch(/^documents: 16 of 40 questions came right, 0 went wrong. It is better now/);
    const [first, ...rest] = after.header.questions;
    const otherwise = { ...after, header: { ...after.header, questions: [{ ...first!, expectAnswers: ["y"] }, ...rest] } };
    expect(compareRuns(before, otherwise)).toMatchObject({ variants: [{ n: 39 }], sentences: expect.arrayContaining(["1 question is asked or scored otherwise in the two, and left out."]) });
    expect(compareRuns(before, before).sentences[0]).toMatch(/do not differ/);
    expect(compareRuns(before, content(40, { documents: { fact: 1 } }, { text: "Other" })).sentences[0]).toMatch(/no question in common/);
  });
});
