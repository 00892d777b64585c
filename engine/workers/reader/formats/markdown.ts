import type { Nodes, Parents, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { DocumentBuilder, Metadata } from "../blocks.ts";
import { readHtml, textContent } from "../html-blocks.ts";
import { textOf, type FormatReader } from "../source.ts";
import { addTable } from "../tables.ts";
import { parseDocument } from "htmlparser2";

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

/** Markdown inside another format: a notebook's cell. */
export function readMarkdownText(out: DocumentBuilder, text: string): void {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  readNodes(out, tree.children, "paragraph");
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
