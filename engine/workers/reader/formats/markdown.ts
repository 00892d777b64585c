import type { Nodes, Parents, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { DocumentBuilder, Metadata } from "../blocks.ts";
import { readHtml, textContent } from "../html-blocks.ts";
import { textOf, type FormatReader } from "../source.ts";
import { addTable } from "../tables.ts";
import { parseDocument } from "htmlparser2";
import { readPlainText } from "./text.ts";

type Place = "paragraph" | "list-item" | "quote" | "footnote";

/** Markdown with GitHub's extensions; front matter becomes metadata and a record. */
export const readMarkdown: FormatReader = ({ source, out }) => {
  const { front, body } = splitFrontMatter(textOf(source));
  if (front) {
    describe(front, out.metadata);
    out.lines("record", front);
  }
  readMarkdownText(out, body);
};

/** The parser's time grows with the square of a paragraph's lines: longer ones are no prose, and read as plain text. */
const MAX_PARAGRAPH = 50_000;
/** Longer documents are parsed piece by piece; link definitions reach as far as their piece. */
const PIECE = 250_000;

/** Markdown inside another format: a notebook's cell. */
export function readMarkdownText(out: DocumentBuilder, text: string): void {
  for (const { text: piece, isPlain } of pieces(text)) {
    if (out.full) return;
    if (isPlain || !readParsed(out, piece)) readPlainText(out, piece, { headings: false });
  }
}

/** False where the text nests so deeply that recursion ends: no text a person wrote, but text all the same. */
function readParsed(out: DocumentBuilder, text: string): boolean {
  try {
    readNodes(out, fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children, "paragraph");
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Cuts at empty lines outside fenced code. */
function pieces(text: string): { text: string; isPlain: boolean }[] {
  if (text.length < MAX_PARAGRAPH) return [{ text, isPlain: false }];
  const found: { text: string; isPlain: boolean }[] = [];
  let piece: string[] = [];
  let length = 0;
  const flush = () => {
    if (piece.length > 0) found.push({ text: piece.join("\n\n"), isPlain: false });
    piece = [];
    length = 0;
  };
  let inFence = false;
  for (const part of text.replace(/\r\n?/g, "\n").split(/\n[ \t]*\n/)) {
    const fences = part.match(/^ {0,3}(?:```|~~~)/gm)?.length ?? 0;
    const isLong = part.length > MAX_PARAGRAPH && !inFence && fences === 0;
    const table = isLong ? tablePieces(part) : [];
    const isPlain = isLong && table.length === 0;
    if (isLong || (length > PIECE && !inFence)) flush();
    if (fences % 2 === 1) inFence = !inFence;
    if (isPlain) found.push({ text: part, isPlain });
    else if (table.length > 0) found.push(...table.map((rows) => ({ text: rows, isPlain: false })));
    else piece.push(part);
    length += part.length;
  }
  flush();
  return found;
}

const ROWS_PER_PIECE = 500;

/** A long table as several short ones with the same header; empty for what is no table. */
function tablePieces(part: string): string[] {
  const [header = "", rule = "", ...rows] = part.split("\n");
  if (!header.includes("|") || !/^[\s|:-]+$/.test(rule)) return [];
  return Array.from({ length: Math.ceil(rows.length / ROWS_PER_PIECE) }, (_, i) => [header, rule, ...rows.slice(i * ROWS_PER_PIECE, (i + 1) * ROWS_PER_PIECE)].join("\n"));
}

function splitFrontMatter(text: string): { front?: string; body: string } {
  const found = /^---[ \t]*\r?\n([\s\S]{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text);
  return found?.[1] && /^[\w-]+[ \t]*:/m.test(found[1]) ? { front: found[1], body: text.slice(found[0].length) } : { body: text };
}

/** The few keys every site generator shares; they are plain scalars in practice. */
function describe(front: string, metadata: Metadata): void {
  const value = (key: string) => new RegExp(`^${key}[ \\t]*:[ \\t]*["']?(.+?)["']?[ \\t]*$`, "im").exec(front)?.[1];
  metadata.title = value("title");
  metadata.author = value("author");
  metadata.created = value("date");
  metadata.modified = value("(?:lastmod|updated|modified)");
}

function readNodes(out: DocumentBuilder, nodes: readonly RootContent[], place: Place): void {
  for (const node of nodes) {
    if (out.full) return;
    readNode(out, node, place);
  }
}

function readNode(out: DocumentBuilder, node: RootContent, place: Place): void {
  switch (node.type) {
    case "heading":
      return out.heading(node.depth, plain(node));
    case "paragraph":
      return out.text(place, plain(node));
    case "code":
      return out.lines("code", node.value);
    case "html":
      return readHtml(out, node.value);
    case "table":
      return readTable(out, node);
    case "list":
      return readList(out, node);
    case "blockquote":
      return readNodes(out, node.children, "quote");
    case "footnoteDefinition":
      return readFootnote(out, node.label ?? node.identifier, node.children);
    case "thematicBreak":
    case "definition":
      return;
    default:
      return out.text(place, plain(node));
  }
}

function readList(out: DocumentBuilder, list: Extract<RootContent, { type: "list" }>): void {
  let number = list.start ?? 1;
  for (const item of list.children) {
    const [first, ...rest] = item.children;
    const mark = list.ordered ? `${number}. ` : item.checked === true ? "[x] " : item.checked === false ? "[ ] " : "";
    if (first?.type === "paragraph") out.text("list-item", mark + plain(first));
    else if (first) readNode(out, first, "list-item");
    readNodes(out, rest, "list-item");
    number++;
  }
}

function readFootnote(out: DocumentBuilder, label: string, children: readonly RootContent[]): void {
  const [first, ...rest] = children;
  if (first) out.text("footnote", `[${label}] ${plain(first)}`);
  readNodes(out, rest, "footnote");
}

function readTable(out: DocumentBuilder, table: Table): void {
  const [header = [], ...rows] = table.children.map((row) => row.children.map(plain));
  if (rows.length === 0) return out.text("paragraph", header.join(", "));
  addTable(out, { header, rows });
}

/** A node's text as it reads: link texts, image descriptions, code without its marks. */
function plain(node: Nodes): string {
  switch (node.type) {
    case "text":
    case "inlineCode":
      return node.value;
    case "html":
      return textContent(parseDocument(node.value));
    case "image":
    case "imageReference":
      return node.alt ?? "";
    case "break":
      return "\n";
    case "footnoteReference":
      return `[${node.label ?? node.identifier}]`;
    default:
      return "children" in node ? (node as Parents).children.map(plain).join(isBlock(node) ? " " : "") : "value" in node ? String(node.value) : "";
  }
}

const isBlock = (node: Nodes) => node.type === "blockquote" || node.type === "list" || node.type === "listItem";
