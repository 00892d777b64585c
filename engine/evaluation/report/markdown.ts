import type { CornerReport, RunReport } from "../../contract/reports.ts";
import { costColumns, costOf, made, measureNames, measuresOf, pairNames, shown, shownP } from "./figures.ts";

/** The report as Markdown. What comes from questions and answers is escaped, so that it shows as it is. */
export function markdownReport(report: RunReport): string {
  return [...head(report), ...scores(report), ...tags(report), ...cost(report), ...pairs(report), ...limits(report), ...judged(report), ...wrong(report.corners)].join("\n");
}

const plain = (text: string): string => text.replace(/\s+/g, " ").trim().replace(/[\\`*_[\]<>#|~$&]/g, "\\$&");
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] => [row(header), row(header.map(() => "---")), ...rows.map(row), ""];

function head({ setName, started, questions, answers, expectedAnswers, finished, recommendation, broken }: RunReport): string[] {
  const state = finished ? "" : ` **Unfinished: ${answers} of ${expectedAnswers} answers.**`;
  return [
    `# ${plain(setName)}`, "", `${questions} questions, ${answers} answers, started ${started}.${state}${broken ? " **A limit is broken.**" : ""} Intervals are 95 %, by bootstrap over the questions; where all answers score alike, by the binomial distribution.`, "",
    "## Recommendation", "", `**${recommendation.sentence}**`, "",
    ...recommendation.reasons.map(({ from, sentence, weight, for: pro, against }) => `- ${plain(sentence)} (${from === "asked" ? "said" : "measured"}; ${[pro.length > 0 ? `for ${pro.join(", ")}` : "", against.length > 0 ? `against ${against.join(", ")}` : ""].filter(Boolean).join("; ")}; ${weight})`), "",
    ...(recommendation.open.length > 0 ? ["Open:", "", ...recommendation.open.map((one) => `- ${plain(one)}`), ""] : []),
  ];
}

function scores({ corners }: RunReport): string[] {
  const measures = measuresOf(corners);
  return ["## Scores", "", ...table(["", ...corners.map(({ name }) => plain(name))], [["made of", ...corners.map((corner) => plain(made(corner)))], ...measures.map((measure) => [measureNames[measure], ...corners.map(({ scores: own }) => shown(own[measure]))]), ["Failed", ...corners.map(({ failed, answers }) => `${failed} of ${answers}`)]])];
}

function tags({ corners }: RunReport): string[] {
  const all = [...new Set(corners.flatMap(({ byTag }) => byTag.map(({ tag }) => tag)))];
  if (all.length === 0) return [];
  const cell = (corner: CornerReport, tag: string) => {
    const own = corner.byTag.find((one) => one.tag === tag);
    return own?.scores.correct === undefined ? "–" : `${own.scores.correct.toFixed(2)} of ${own.n}`;
  };
  return ["## Right by tag", "", ...table(["", ...corners.map(({ name }) => plain(name))], all.map((tag) => [plain(tag), ...corners.map((corner) => cell(corner, tag))]))];
}

const cost = ({ corners }: RunReport): string[] => ["## Cost", "", ...table(["", ...costColumns], corners.map((corner) => [plain(corner.name), ...costOf(corner)]))];

function pairs({ pairs: all }: RunReport): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ measure, a, b, n, difference, onlyA, onlyB, test, p, holm, told, more }) => [
    pairNames[measure], plain(`${a} – ${b}`), String(n), measure === "totalMs" ? difference.mean.toFixed(0) : shown({ n, ...difference }), `${onlyA} : ${onlyB}`, test === "mcnemar" ? "McNemar" : "Wilcoxon", shownP(p), shownP(holm), told ? "told apart" : more === undefined ? "no difference" : `not told apart; about ${more} more`,
  ]);
  return ["## Pairs", "", "p after Holm's correction over the pairs of a measure; below 0.05 two corners are told apart.", "", ...table(["Measure", "Pair", "n", "Difference", "Only one", "Test", "p", "Holm", ""], rows)];
}

const limits = ({ limits: all }: RunReport): string[] => (all.length === 0 ? [] : ["## Limits", "", ...all.map(({ broken, sentence }) => `- ${broken ? "**Broken.** " : ""}${plain(sentence)}`), ""]);

function judged({ judge, corners }: RunReport): string[] {
  if (!judge) return [];
  const rows = corners.flatMap(({ name, judged: own }) => (own ? [[plain(name), String(own.n), shown(own.right), String(own.partly), String(own.wrong)]] : []));
  return ["## What the judge says", "", `${plain(judge.model)}, apart from the scores above. ${judge.sentence}`, "", ...table(["", "n", "Right", "Partly", "Wrong"], rows)];
}

const wrong = (corners: readonly CornerReport[]): string[] => corners.filter((corner) => corner.wrong.length > 0).flatMap((corner) => [
  `## What ${plain(corner.name)} gets wrong`, "", ...table(["Question", "Expected", "Answer", "Why"], corner.wrong.map(({ question, expected, answer, why }) => [question, expected, answer.slice(0, 300), why].map(plain))),
]);
