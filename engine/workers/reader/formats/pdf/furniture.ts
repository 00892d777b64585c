import type { Line } from "./lines.ts";

interface PageLines { readonly page: number; readonly height: number; readonly lines: readonly Line[] }

/** Lines within this share of a page's height from its top or bottom can be running heads. */
const MARGIN = 0.15;
const MIN_PAGES = 3;
const MIN_SHARE = 0.4;
/** Running heads of two pages are at the same height within this many points. */
const BAND = 6;

interface Placed { readonly line: Line; readonly page: number }

/**
 * Running heads and page numbers: what stands at the same height in the margin of many pages. The first of equal ones is kept, since
 * a letterhead is content; lines that count the pages ("7", "Page 7 of 12", "7 | 1.4 Connected spaces") are all left out.
 */
export function furnitureOf(pages: readonly PageLines[]): ReadonlySet<Line> {
  const margins = pages.flatMap(({ page, height, lines }) =>
    lines.filter((line) => line.angle === 0 && line.text.length < 120 && (line.across < height * MARGIN || line.across > height * (1 - MARGIN))).map((line) => ({ line, page })),
  );
  const enough = Math.max(MIN_PAGES, pages.length * MIN_SHARE);
  const band = ({ line }: Placed) => Math.round(line.across / BAND);
  const furniture = new Set<Line>();
  for (const group of grouped(margins, (one) => String(band(one)))) for (const line of counters(group, enough)) furniture.add(line);
  for (const group of grouped(margins, (one) => `${band(one)} ${one.line.text}`)) {
    if (new Set(group.map(({ page }) => page)).size >= enough) for (const { line } of group.slice(1)) furniture.add(line);
  }
  return furniture;
}

function grouped(lines: readonly Placed[], key: (line: Placed) => string): Placed[][] {
  const groups = new Map<string, Placed[]>();
  for (const line of lines) {
    const group = groups.get(key(line));
    if (group) group.push(line);
    else groups.set(key(line), [line]);
  }
  return [...groups.values()];
}

/** Lines whose first or last number goes up with the pages, where enough pages have one. */
function counters(group: readonly Placed[], enough: number): Line[] {
  return ["first", "last"].flatMap((which) => {
    const offsets = new Map<number, Line[]>();
    for (const { line, page } of group) {
      const number = numberAt(line.text, which === "first");
      if (number !== undefined) offsets.set(number - page, [...(offsets.get(number - page) ?? []), line]);
    }
    const [most = []] = [...offsets.values()].sort((a, b) => b.length - a.length);
    return most.length >= enough ? most : [];
  });
}

/** The page's number stands at an end of its line, or before the count: "7 of 12". */
function numberAt(text: string, first: boolean): number | undefined {
  const found = first ? /^\D{0,12}?(\d{1,4})(?!\S)/.exec(text) : /(?<!\S)(\d{1,4})(?:\s*(?:of|von|de|sur|\/)\s*\d{1,4})?\D{0,3}$/.exec(text);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}
