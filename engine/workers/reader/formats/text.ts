import type { DocumentBuilder } from "../blocks.ts";
import { textOf, type FormatReader } from "../source.ts";

/** Lines that stand out as a title: numbered, or in capitals, short and alone between empty lines. */
const CAPITALS = /^[^\p{Ll}]*\p{Lu}[^\p{Ll}]*$/u;
const NUMBERED = /^(chapter|section|part|appendix|kapitel|teil|abschnitt|anhang|chapitre|partie|annexe|capítulo|§)\s+[\dIVXLA-Z]+\b/i;
const LIST_MARK = /^\s*(?:[-*•‣–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S/;

/** Plain text: paragraphs are set apart by empty lines; a list's items are blocks of their own; short titles in capitals are headings. */
export const readText: FormatReader = ({ source, out }) => readPlainText(out, textOf(source));

/** The same for text inside another format, a mail's body: there capitals are shouting and no headings. */
export function readPlainText(out: DocumentBuilder, text: string, { headings = true } = {}): void {
  for (const paragraph of paragraphs(text)) {
    if (out.full) return;
    const lines = paragraph.split("\n");
    if (headings && lines.length === 1 && isTitle(paragraph)) out.heading(1, paragraph);
    else if (lines.filter((line) => LIST_MARK.test(line)).length > 1) for (const item of items(lines)) out.text(LIST_MARK.test(item) ? "list-item" : "paragraph", item);
    else if (isVerse(lines)) out.lines("paragraph", paragraph);
    else out.text("paragraph", paragraph);
  }
}

const LONG = 4000;

/** Texts without empty lines have a paragraph per line where lines are long, as editors that wrap lines write them; else, as in logs, a few lines are one. */
function paragraphs(text: string): string[] {
  const unix = text.replace(/\r\n?|\f/g, "\n");
  const parts = unix.split(/\n[ \t]*\n/).filter((part) => part.trim());
  return parts.flatMap((part) => {
    if (part.length <= LONG) return [part.replace(/^\n+|\n+$/g, "")];
    return longestLine(part) > 200 ? part.split("\n") : byLength(part.split("\n"));
  });
}

function byLength(lines: readonly string[]): string[] {
  const found: string[] = [];
  let [group, length] = [[] as string[], 0];
  for (const line of lines) {
    if (length > LONG / 4) {
      found.push(group.join("\n"));
      [group, length] = [[], 0];
    }
    group.push(line);
    length += line.length + 1;
  }
  return [...found, group.join("\n")];
}

const longestLine = (text: string) => text.split("\n").reduce((longest, line) => Math.max(longest, line.length), 0);

function isTitle(line: string): boolean {
  const title = line.trim();
  return title.length <= 80 && (NUMBERED.test(title) || (CAPITALS.test(title) && (title.match(/\p{L}/gu)?.length ?? 0) > 3)) && !/[.,;:]$/.test(title);
}

/** A line that begins no item goes on with the one before. */
function items(lines: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of lines) {
    if (LIST_MARK.test(line) || found.length === 0) found.push(line);
    else found.push(`${found.pop() ?? ""} ${line.trim()}`);
  }
  return found;
}

/** Short lines that each begin anew were broken on purpose: addresses, verse, columns, "key: value" notes. */
function isVerse(lines: readonly string[]): boolean {
  return lines.length > 1 && lines.every((line) => line.trim().length < 50 && !/^\s*\p{Ll}/u.test(line));
}
