import type { CornerReport, ScoreMeasure } from "../../contract/reports.ts";
import { escapeHtml } from "./escape.ts";
import { measureNames } from "./figures.ts";

const ROW = 22;
const GROUP = 14;
const LABEL = 130;
const BAR = 420;
const shownMeasures: readonly ScoreMeasure[] = ["correct", "fact", "format", "citation", "faithfulness", "refusal"];

/** The corners as bars with their intervals, measure by measure: inline SVG in the page's own colours, readable without colour by its labels. */
export function chart(corners: readonly CornerReport[]): string {
  const measures = shownMeasures.filter((measure) => corners.some(({ scores }) => scores[measure]));
  let y = 18;
  const parts: string[] = [];
  for (const measure of measures) {
    parts.push(`<text class="measure" x="0" y="${y}">${measureNames[measure]}</text>`);
    y += 8;
    for (const [i, corner] of corners.entries()) {
      parts.push(...bar(corner, measure, i, y));
      y += ROW;
    }
    y += GROUP + 10;
  }
  const lines = [0, 0.25, 0.5, 0.75, 1].map((at) => `<line class="grid" x1="${LABEL + at * BAR}" x2="${LABEL + at * BAR}" y1="4" y2="${y - GROUP}"/><text class="tick" x="${LABEL + at * BAR}" y="${y}" text-anchor="middle">${at}</text>`);
  return `<svg viewBox="0 0 ${LABEL + BAR + 110} ${y + 8}" role="img" aria-label="Scores of the corners with 95 % intervals">${lines.join("")}${parts.join("")}</svg>`;
}

function bar({ name, scores }: CornerReport, measure: ScoreMeasure, i: number, y: number): string[] {
  const figure = scores[measure];
  const middle = y + ROW / 2;
  const label = `<text class="label" x="${LABEL - 8}" y="${middle + 4}" text-anchor="end">${escapeHtml(name.length > 18 ? `${name.slice(0, 17)}…` : name)}</text>`;
  if (!figure) return [label, `<text class="none" x="${LABEL + 4}" y="${middle + 4}">not measured</text>`];
  const at = (value: number) => (LABEL + value * BAR).toFixed(1);
  return [
    label, `<rect class="bar c${i % 6}" x="${LABEL}" y="${y + 3}" width="${Math.max(1, figure.mean * BAR).toFixed(1)}" height="${ROW - 6}" rx="2"/>`,
    `<path class="interval" d="M${at(figure.low)} ${middle}H${at(figure.high)}M${at(figure.low)} ${middle - 4}V${middle + 4}M${at(figure.high)} ${middle - 4}V${middle + 4}"/>`,
    `<text class="value" x="${LABEL + BAR + 10}" y="${middle + 4}">${figure.mean.toFixed(2)}</text>`,
  ];
}
