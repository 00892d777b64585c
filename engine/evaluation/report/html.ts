import type { CornerReport, RunReport } from "../../contract/reports.ts";
import { chart } from "./chart.ts";
import { escapeHtml } from "./escape.ts";
import { costColumns, costOf, made, measureNames, measuresOf, pairNames, shown as figure, shownP } from "./figures.ts";
import { style } from "./style.ts";

/** The report as one file: no scripts, nothing fetched, light and dark as the reader's system has it. Everything that people or models wrote is escaped. */
export function htmlReport(report: RunReport): string {
  const title = escapeHtml(report.setName);
  const body = [head(report), section("The corners", chart(report.corners)), scores(report), tags(report), cost(report), pairs(report), limits(report), judged(report), ...report.corners.map(wrong)].join("\n");
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n<title>${title}</title>\n<style>${style}</style>\n</head>\n<body>\n<main>\n${body}\n</main>\n</body>\n</html>\n`;
}

/** A figure stays on one line. */
const shown = (...of: Parameters<typeof figure>): string => figure(...of).replaceAll(" ", "\u00a0");
const section = (title: string, content: string): string => (content === "" ? "" : `<section><h2>${escapeHtml(title)}</h2>${content}</section>`);
const cell = (text: string, tag = "td"): string => `<${tag}>${escapeHtml(text)}</${tag}>`;
const list = (items: readonly string[]): string => (items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`);

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = ([first = "", ...rest]: readonly string[]) => `<tr><th scope="row">${escapeHtml(first)}</th>${rest.map((text) => cell(text)).join("")}</tr>`;
  return `<div class="table"><table><thead><tr>${header.map((text) => cell(text, "th")).join("")}</tr></thead><tbody>${rows.map(line).join("")}</tbody></table></div>`;
}

function head({ setName, started, questions, answers, expectedAnswers, finished, recommendation, broken }: RunReport): string {
  const state = finished ? "" : ` <strong>Unfinished: ${answers} of ${expectedAnswers} answers.</strong>`;
  const reasons = recommendation.reasons.map(({ from, sentence }) => `${escapeHtml(sentence)} <small>${from === "asked" ? "said" : "measured"}</small>`);
  return `<header><h1>${escapeHtml(setName)}</h1><p>${questions} questions, ${answers} answers, started <time>${escapeHtml(started)}</time>.${state}${broken ? " <strong class=\"broken\">A limit is broken.</strong>" : ""} Intervals are 95 %, by bootstrap over the questions; where all answers score alike, by the binomial distribution.</p></header>
<section class="advice"><h2>Recommendation</h2><p class="verdict">${escapeHtml(recommendation.sentence)}</p>${list(reasons)}${recommendation.open.length > 0 ? `<h3>Open</h3>${list(recommendation.open.map(escapeHtml))}` : ""}</section>`;
}

function scores({ corners }: RunReport): string {
  const rows = measuresOf(corners).map((measure) => [measureNames[measure], ...corners.map(({ scores: own }) => shown(own[measure]))]);
  return section("Scores", table(["", ...corners.map(({ name }) => name)], [["made of", ...corners.map(made)], ...rows, ["Failed", ...corners.map(({ failed, answers }) => `${failed} of ${answers}`)]]));
}

function tags({ corners }: RunReport): string {
  const all = [...new Set(corners.flatMap(({ byTag }) => byTag.map(({ tag }) => tag)))];
  const cellOf = (corner: CornerReport, tag: string) => {
    const own = corner.byTag.find((one) => one.tag === tag);
    return own?.scores.correct === undefined ? "–" : `${own.scores.correct.toFixed(2)} of ${own.n}`;
  };
  return all.length === 0 ? "" : section("Right by tag", table(["", ...corners.map(({ name }) => name)], all.map((tag) => [tag, ...corners.map((corner) => cellOf(corner, tag))])));
}

const cost = ({ corners }: RunReport): string => section("Cost", table(["", ...costColumns], corners.map((corner) => [corner.name, ...costOf(corner)])));

function pairs({ pairs: all }: RunReport): string {
  if (all.length === 0) return "";
  const rows = all.map(({ measure, a, b, n, difference, onlyA, onlyB, test, p, holm, told, more }) => [
    `${pairNames[measure]}: ${a} – ${b}`, String(n), measure === "totalMs" ? difference.mean.toFixed(0) : shown({ n, ...difference }), `${onlyA} : ${onlyB}`, test === "mcnemar" ? "McNemar" : "Wilcoxon", shownP(p), shownP(holm), told ? "told apart" : more === undefined ? "no difference" : `not told apart; about ${more} more`,
  ]);
  return section("Pairs", `<p>p after Holm's correction over the pairs of a measure; below 0.05 two corners are told apart.</p>${table(["Pair", "n", "Difference", "Only one", "Test", "p", "Holm", ""], rows)}`);
}

const limits = ({ limits: all }: RunReport): string => section("Limits", list(all.map(({ broken, sentence }) => `${broken ? "<strong class=\"broken\">Broken.</strong> " : ""}${escapeHtml(sentence)}`)));

function judged({ judge, corners }: RunReport): string {
  if (!judge) return "";
  const rows = corners.flatMap(({ name, judged: own }) => (own ? [[name, String(own.n), shown(own.right), String(own.partly), String(own.wrong)]] : []));
  return section("What the judge says", `<p>${escapeHtml(judge.model)}, apart from the scores above. ${escapeHtml(judge.sentence)}</p>${table(["", "n", "Right", "Partly", "Wrong"], rows)}`);
}

function wrong({ name, wrong: all }: CornerReport): string {
  return all.length === 0 ? "" : section(`What ${name} gets wrong`, table(["Question", "Expected", "Answer", "Why"], all.map(({ question, expected, answer, why }) => [question, expected, answer.slice(0, 600), why])));
}
