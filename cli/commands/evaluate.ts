import { resolve } from "node:path";
import type { RetrievalReport, WhyInput, WhyReport } from "../../engine/contract/index.ts";
import { collectionIds } from "../lookup.ts";
import type { Session } from "../session.ts";
import { UsageError } from "../terminal.ts";

export interface EvalOptions {
  readonly here?: boolean;
  readonly collection: readonly string[];
  readonly depth?: number;
  readonly most?: number;
  readonly answers?: "quotes" | "documents";
}

/** lorekeep eval retrieval FOLDER: questions with known answers, measured stage by stage. */
export async function evalRetrieval(session: Session, path: string, options: EvalOptions): Promise<void> {
  const { client, terminal, signal } = session;
  const ids = await collectionIds(client, options.collection);
  const problems: { file: string; line: number; reason: string }[] = [];
  const { depth, most, answers } = options;
  const input = { path: resolve(path), here: options.here ?? false, filter: ids.length > 0 ? { collectionIds: ids } : {}, ...(depth === undefined ? {} : { depth }), ...(most === undefined ? {} : { most }), ...(answers === undefined ? {} : { answers }) };
  for await (const event of await client.evaluation.retrieval(input, { signal })) {
    if (event.type === "progress") terminal.progress(`${event.step} ${event.done}/${event.total}`);
    if (event.type === "problem") {
      problems.push({ file: event.file, line: event.line, reason: event.reason });
      terminal.say(`${event.file}, line ${event.line}: ${event.reason}`);
    }
    if (event.type !== "done") continue;
    terminal.endProgress();
    for (const line of reportLines(event.report)) terminal.line(line);
    terminal.result({ ...event.report, problems });
  }
}

type Figure = RetrievalReport["stages"][number]["measures"]["ndcg@10"];
const figure = ({ mean, low, high }: Figure) => `${mean.toFixed(4)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

function reportLines(report: RetrievalReport): string[] {
  const names = ["ndcg@10", "recall@1", "recall@5", "recall@10", "recall@100", "mrr@10"] as const;
  const table = report.stages.map(({ stage, measures }) => `| ${[stage, ...names.map((name) => figure(measures[name]))].join(" | ")} |`);
  return [
    `${report.name}: ${report.questions} questions${report.unanswerable > 0 ? ` and ${report.unanswerable} unanswerable` : ""}, ${report.documents} documents, ${report.passages} passages, ${report.embedder}; ${report.depth} passages per leg; 95 % intervals.`, "",
    `| stage | ${names.join(" | ")} |`, `| --- |${" --- |".repeat(names.length)}`, ...table, "",
    ...report.gains.map(({ stage, over, ...gain }) => `${stage} over ${over}, nDCG@10: ${gain.mean >= 0 ? "+" : ""}${figure(gain)}`),
    `Milliseconds (p50, p95): ${report.latency.map(({ step, p50, p95 }) => `${step} ${p50.toFixed(1)}, ${p95.toFixed(1)}`).join("; ")}`,
    ...(report.highlight ? [`Answer inside the highlighted sentence of the first passage: ${figure(report.highlight)}`] : []),
    ...citationLines(report),
    ...(report.misses.length > 0 ? ["", `Not among the first ten (${report.misses.length}${report.misses.length === 100 ? " or more" : ""}):`, ...report.misses.slice(0, 10).map(({ id, question, rank }) => `  ${id}  ${question}${rank === undefined ? "" : `  (rank ${rank})`}`), "  Ask why: lorekeep why \"QUESTION\" --expect \"WORDS\""] : []),
  ];
}

function citationLines({ citations, refusals, unanswerable }: RetrievalReport): string[] {
  return [
    ...(citations ? [
      `Citations in ${citations.answers} answers (${citations.mode}), ${citations.sentences} sentences: word for word in the document ${figure(citations.exact)}`,
      `  answers with a cited passage that holds the expected words ${figure(citations.passage)}, with a highlight that does ${figure(citations.highlight)}`,
      `  first passage ${figure(citations.firstPassage)}, first highlight ${figure(citations.firstHighlight)}; of all sentences ${figure(citations.sentencePassage)}, ${figure(citations.sentenceHighlight)}`,
    ] : []),
    ...(refusals ? [`Said to be unanswered: ${unanswerable > 0 ? `${figure(refusals.unanswerable)} of the unanswerable, ` : ""}${figure(refusals.answerable)} of the answerable`] : []),
  ];
}

export interface WhyOptions {
  readonly expect?: string;
  readonly file?: string;
  readonly collection: readonly string[];
  readonly private?: boolean;
  readonly candidates?: number;
  readonly sources?: number;
  readonly budget?: number;
  readonly try?: boolean;
}

/** lorekeep why "question" --expect "words" | --file PATH: the way of what was expected, and the change that would bring it in. */
export async function why(session: Session, question: string, options: WhyOptions): Promise<boolean> {
  const { client, terminal, signal } = session;
  if (options.expect === undefined && options.file === undefined) throw new UsageError('Say what was expected: --expect "words", --file PATH, or both.');
  const ids = await collectionIds(client, options.collection);
  const { candidates, sources, budget } = options;
  const settings = { ...(candidates === undefined ? {} : { candidates }), ...(sources === undefined ? {} : { sources }), ...(budget === undefined ? {} : { budget }) };
  const input: WhyInput = {
    question, filter: ids.length > 0 ? { collectionIds: ids } : {}, includePrivate: options.private ?? false, settings, ignoreFilters: [],
    ...(options.expect === undefined ? {} : { phrase: options.expect }), ...(options.file === undefined ? {} : { document: options.file }),
  };
  const report = await client.evaluation.why(input, { signal });
  const again = options.try && report.verdict.change?.try ? await client.evaluation.why(report.verdict.change.try, { signal }) : undefined;
  for (const line of [...whyLines(report), ...(again ? ["", "With that change:", ...whyLines(again)] : [])]) terminal.line(line);
  terminal.result(again ? { ...report, tried: again } : report);
  return true;
}

const marks = { ok: "✓", weak: "~", cut: "✗", open: "·" } as const;
const titles = { file: "File", text: "Text", passages: "Passages", scope: "Filters", words: "Words", meaning: "Meaning", fused: "Together", reranked: "Reranked", sources: "Sources" } as const;

function whyLines({ steps, verdict }: WhyReport): string[] {
  const { change } = verdict;
  return [
    ...steps.flatMap(({ name, state, sentence, quote }) => [`${marks[state]} ${titles[name].padEnd(9)} ${sentence}`, ...(quote ? [`            “${quote}”`] : [])]), "",
    verdict.sentence,
    ...(change ? [`${change.proved === true ? "What helps" : change.proved === false ? "A step, but not enough alone" : "Next step"}: ${change.sentence}`] : []),
  ];
}
