import { joinsUnspaced } from "../../base/unspaced.ts";
import type { Block, Extraction, Picture, Rect, TextRun } from "../../contract/document.ts";
import type { RecognisedPicture } from "./page-cache.ts";

export interface ReadPicture {
  readonly picture: Picture;
  readonly recognised: RecognisedPicture;
}

type Word = RecognisedPicture["paragraphs"][number][number][number];
interface Placed { readonly block: Block; readonly runs: readonly TextRun[] }

/** A word whose middle lies in a word of the text layer is there already. */
const MARGIN = 1;

/**
 * The extraction with what was recognised in its pictures: each picture's text stands at the picture's place or behind the text of its page, under the
 * headings there, with a rectangle for every word of a page. What the text layer holds already is left out.
 */
export function withRecognised(extraction: Extraction, read: readonly ReadPicture[]): Extraction {
  if (read.length === 0) return extraction;
  const known = runsByPage(extraction.runs);
  const added = new Map<number, Placed[]>();
  const readPages = new Set<number>();
  for (const { picture, recognised } of read) {
    const at = positionOf(extraction.blocks, picture);
    const blocks = blocksOf(recognised, { picture, known: known.get(picture.page ?? 0) ?? [], headingPath: pathAt(extraction.blocks, at) });
    if (blocks.length > 0 && picture.page !== undefined && picture.part === undefined) readPages.add(picture.page);
    added.set(at, [...(added.get(at) ?? []), ...blocks]);
  }
  return {
    ...extraction, ...assembled(extraction, added),
    pages: extraction.pages.map((page) => (readPages.has(page.page) ? { ...page, hasText: true } : page)),
    warnings: [...extraction.warnings.filter(({ code, page }) => code !== "no-text-layer" || page === undefined || !readPages.has(page)), ...read.flatMap(failure)],
  };
}

function failure({ picture, recognised }: ReadPicture): Extraction["warnings"] {
  if (recognised.failed === undefined) return [];
  const { page } = picture;
  return [{ code: "part-unreadable", message: `The text in ${page === undefined ? "a picture" : `the picture of page ${page}`} could not be recognised: ${recognised.failed}`, ...(page === undefined ? {} : { page }) }];
}

/** The index before which a picture's text is put. */
function positionOf(blocks: readonly Block[], { page, after = blocks.length }: Picture): number {
  if (page === undefined) return Math.min(after, blocks.length);
  const behind = blocks.findIndex((block) => block.page !== undefined && block.page > page);
  return behind < 0 ? blocks.length : behind;
}

function pathAt(blocks: readonly Block[], at: number): string[] {
  const before = blocks[at - 1];
  if (!before) return [];
  return before.kind === "heading" ? [...before.headingPath, before.text] : before.headingPath;
}

interface Surroundings { readonly picture: Picture; readonly known: readonly Rect[]; readonly headingPath: string[] }

function blocksOf(recognised: RecognisedPicture, { picture, known, headingPath }: Surroundings): Placed[] {
  return recognised.paragraphs.flatMap((lines): Placed[] => {
    const fresh = lines.map((line) => line.filter((word) => !known.some((other) => isInside(word.rect, other)))).filter((line) => line.length > 0);
    const { text, spans } = joined(fresh);
    if (text === "") return [];
    const words = fresh.flat();
    const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
    const { page } = picture;
    return [{
      block: { kind: "paragraph", text, start: 0, headingPath, recognised: { confidence: Math.round(confidence * 1000) / 1000 }, ...(page === undefined ? {} : { page }) },
      // An image inside an office file is on no page that could be shown.
      runs: page === undefined || picture.part !== undefined ? [] : spans.map(({ start, end, rect }) => ({ start, end, page, rect })),
    }];
  });
}

/** Lines to one text; a word that a hyphen divides over two lines becomes one again. */
function joined(lines: readonly (readonly Word[])[]): { text: string; spans: { start: number; end: number; rect: Rect }[] } {
  let text = "";
  const spans: { start: number; end: number; rect: Rect }[] = [];
  lines.forEach((line, i) => line.forEach((word, j) => {
    const divided = j === 0 && i > 0 && /\p{L}[-‐]$/u.test(text) && /^\p{Ll}/u.test(word.text);
    const last = spans.at(-1);
    if (divided && last) {
      text = text.slice(0, -1);
      last.end--;
    } else if (text !== "" && !joinsUnspaced(text, word.text)) text += " ";
    spans.push({ start: text.length, end: text.length + word.text.length, rect: word.rect });
    text += word.text;
  }));
  return { text, spans };
}

function isInside([x, y, width, height]: Rect, [left, top, w, h]: Rect): boolean {
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return middleX > left - MARGIN && middleX < left + w + MARGIN && middleY > top - MARGIN && middleY < top + h + MARGIN;
}

function runsByPage(runs: readonly TextRun[]): Map<number, Rect[]> {
  const pages = new Map<number, Rect[]>();
  for (const { page, rect } of runs) {
    const rects = pages.get(page);
    if (rects) rects.push(rect);
    else pages.set(page, [rect]);
  }
  return pages;
}

/** Blocks and runs in their new order, with offsets that count in the new text. */
function assembled({ blocks, runs }: Extraction, added: ReadonlyMap<number, readonly Placed[]>): Pick<Extraction, "blocks" | "runs"> {
  const result: { blocks: Block[]; runs: TextRun[] } = { blocks: [], runs: [] };
  let end = -1;
  let nextRun = 0;
  const push = (block: Block, own: readonly TextRun[], from: number) => {
    const start = end + 1;
    result.blocks.push({ ...block, start });
    for (const run of own) result.runs.push({ ...run, start: run.start - from + start, end: run.end - from + start });
    end = start + block.text.length;
  };
  for (let i = 0; i <= blocks.length; i++) {
    for (const { block, runs: own } of added.get(i) ?? []) push(block, own, 0);
    const block = blocks[i];
    if (!block) break;
    const first = nextRun;
    while ((runs[nextRun]?.start ?? Infinity) < block.start + block.text.length) nextRun++;
    push(block, runs.slice(first, nextRun), block.start);
  }
  return result;
}
