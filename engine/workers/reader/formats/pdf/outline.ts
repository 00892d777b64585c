import type { PDFDocumentProxy } from "pdfjs-dist";
import { normaliseLine } from "../../../../base/normalise.ts";
import type { Line } from "./lines.ts";

/** One entry of a PDF's outline with the place it leads to. */
export interface OutlineEntry {
  readonly title: string;
  readonly level: number;
  /** 1-based. */
  readonly page: number;
  /** Height on the page in PDF coordinates (from the bottom), where the destination says it. */
  readonly top?: number;
}

const MAX_ENTRIES = 3000;
const MAX_LEVEL = 6;

type OutlineNode = Awaited<ReturnType<PDFDocumentProxy["getOutline"]>>[number];

/** The outline flattened in order; entries that lead nowhere in the document are left out. */
export async function outlineOf(document: PDFDocumentProxy): Promise<OutlineEntry[]> {
  // A broken outline is no reason to refuse the text.
  const roots = (await document.getOutline().catch(() => null)) as OutlineNode[] | null;
  const entries: OutlineEntry[] = [];
  const visit = async (nodes: readonly OutlineNode[], level: number): Promise<void> => {
    for (const node of nodes) {
      if (entries.length >= MAX_ENTRIES) return;
      const title = normaliseLine(node.title);
      const place = title ? await destination(document, node.dest) : undefined;
      if (place) entries.push({ title, level, ...place });
      if (level < MAX_LEVEL) await visit(node.items as OutlineNode[], level + 1);
    }
  };
  await visit(roots ?? [], 1);
  return entries;
}

async function destination(document: PDFDocumentProxy, dest: OutlineNode["dest"]): Promise<{ page: number; top?: number } | undefined> {
  try {
    const target: unknown[] | null = typeof dest === "string" ? await document.getDestination(dest) : dest;
    const [ref, kind, a, b] = target ?? [];
    const index = typeof ref === "number" ? ref : isRef(ref) ? await document.getPageIndex(ref) : -1;
    if (index < 0 || index >= document.numPages) return undefined;
    const name = typeof kind === "object" && kind !== null && "name" in kind ? kind.name : "";
    const top = name === "XYZ" ? b : name === "FitH" || name === "FitBH" ? a : undefined;
    return { page: index + 1, ...(typeof top === "number" ? { top } : {}) };
  } catch {
    return undefined; // The destination names a page that is not there.
  }
}

const isRef = (value: unknown): value is { num: number; gen: number } => typeof value === "object" && value !== null && "num" in value && "gen" in value;

/** Where an outline entry stands among a page's lines. */
export interface Placed {
  readonly title: string;
  readonly level: number;
  /** The entry's words are these lines; length 0: they are not on the page and stand before line `at`. */
  readonly at: number;
  readonly length: number;
}

/** Finds each entry's own words on its page, nearest to where the outline points. `top` counts from the top of the displayed page here. */
export function placeEntries(entries: readonly { title: string; level: number; top?: number }[], lines: readonly Line[]): Placed[] {
  const used = new Set<number>();
  const placed = entries.map((entry): Placed => {
    const found = candidates(entry.title, lines).filter(({ at }) => !used.has(at));
    const distance = (at: number) => (entry.top === undefined ? at : Math.abs((lines[at]?.across ?? 0) - entry.top));
    found.sort((a, b) => distance(a.at) - distance(b.at));
    const best = found[0];
    if (best) {
      for (let i = 0; i < best.length; i++) used.add(best.at + i);
      return { title: entry.title, level: entry.level, ...best };
    }
    const { top } = entry;
    const below = top === undefined ? 0 : lines.findIndex((line) => line.across >= top);
    return { title: entry.title, level: entry.level, at: below < 0 ? lines.length : below, length: 0 };
  });
  // The sort is stable: entries at one place keep the outline's order.
  return placed.sort((a, b) => a.at - b.at);
}

function candidates(title: string, lines: readonly Line[]): { at: number; length: number }[] {
  const wanted = letters(title);
  if (!wanted) return [];
  const found: { at: number; length: number }[] = [];
  for (let at = 0; at < lines.length; at++) {
    let text = "";
    for (let length = 1; length <= 4 && at + length <= lines.length && text.length < wanted.length + 12; length++) {
      text += letters(lines[at + length - 1]?.text ?? "");
      // The page may print a number the outline leaves out, or the other way round.
      if (text === wanted || (wanted.length > 1 && (isNumbered(text, wanted) || isNumbered(wanted, text)))) {
        found.push({ at, length });
        break;
      }
    }
  }
  return found;
}

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
const isNumbered = (longer: string, shorter: string) => longer.endsWith(shorter) && /^(chapter|section|part|appendix|kapitel|teil)?[\divxlc]{0,6}[a-z]?$/.test(longer.slice(0, longer.length - shorter.length));
