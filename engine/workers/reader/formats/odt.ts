import type { DocumentBuilder } from "../blocks.ts";
import type { DomElement, DomNode } from "../html-blocks.ts";
import { dublinCore, isEncryptedPackage } from "../office-properties.ts";
import { picturesIn } from "../pictures.ts";
import { corrupt, Refusal } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { addTable, splitHeader } from "../tables.ts";
import { elements, first, isElement, parseXml } from "../xml-tree.ts";
import { openArchive } from "../zip.ts";

const MAX_DEPTH = 100;
const MAX_REPEATED = 50;

/** OpenDocument text: headings, paragraphs, lists, tables, notes. Deleted text of tracked changes is left out. Pictures are named for recognition. */
export const readOdt: FormatReader = ({ source, out }) => {
  const archive = openArchive(source.bytes, source.limits.maxInflatedBytes, (name) => name === "content.xml" || name === "meta.xml");
  if (isEncryptedPackage(source)) throw new Refusal("encrypted", "This document is protected by a password.", "Save a copy without the password and add that.");
  const meta = archive.text("meta.xml");
  if (meta) dublinCore(meta, out.metadata);
  const content = archive.text("content.xml");
  const body = content === undefined ? undefined : first(parseXml(content), "office:text");
  if (!body) throw corrupt("This OpenDocument text");
  readElements(out, elements(body), { kind: "paragraph", depth: 0 });
  for (const part of picturesIn(archive.names, "Pictures/")) out.picture({ part });
};

interface Place { readonly kind: "paragraph" | "list-item"; readonly depth: number }

function readElements(out: DocumentBuilder, nodes: readonly DomElement[], place: Place): void {
  if (place.depth > MAX_DEPTH) return;
  const deeper = { ...place, depth: place.depth + 1 };
  for (const node of nodes) {
    if (out.full) return;
    if (node.name === "text:h") out.heading(Number(node.attribs["text:outline-level"] ?? 1) || 1, inline(node).text);
    else if (node.name === "text:p") readParagraph(out, node, place);
    else if (node.name === "table:table") readTable(out, node);
    else if (node.name === "text:list") readElements(out, elements(node), { ...deeper, kind: "list-item" });
    else if (/^text:(list-item|list-header|section|index-body|table-of-content|numbered-paragraph)$/.test(node.name)) readElements(out, elements(node), deeper);
    else if (/^draw:/.test(node.name)) readElements(out, textBoxes(node), deeper);
  }
}

function readParagraph(out: DocumentBuilder, node: DomElement, { kind }: Place): void {
  const { text, notes, boxes } = inline(node);
  out.text(kind, text);
  for (const note of notes) out.text("footnote", note);
  if (boxes.length > 0) readElements(out, boxes, { kind: "paragraph", depth: MAX_DEPTH - 5 });
}

/** A paragraph's text with what hangs in it: notes and text boxes. */
function inline(paragraph: DomElement): { text: string; notes: string[]; boxes: DomElement[] } {
  const notes: string[] = [];
  const boxes: DomElement[] = [];
  const visit = (nodes: readonly DomNode[], depth: number): string =>
    nodes.map((node) => {
      if (!isElement(node)) return "data" in node && node.type === "text" ? node.data : "";
      switch (node.name) {
        case "text:s":
        case "text:tab":
        case "text:line-break":
          return " ";
        case "text:note": {
          const mark = visit(first(node, "text:note-citation")?.children ?? [], depth + 1);
          const body = first(node, "text:note-body");
          notes.push(`[${mark}] ${body ? elements(body).map((p) => visit(p.children, depth + 1)).join(" ") : ""}`);
          return `[${mark}]`;
        }
        case "office:annotation":
        case "text:tracked-changes":
          return "";
        case "draw:frame":
        case "draw:custom-shape":
          boxes.push(...textBoxes(node));
          return "";
        default:
          return depth > MAX_DEPTH ? "" : visit(node.children, depth + 1);
      }
    }).join("");
  return { text: visit(paragraph.children, 0), notes, boxes };
}

function textBoxes(frame: DomElement): DomElement[] {
  const box = first(frame, "draw:text-box");
  return box ? elements(box) : elements(frame).filter((element) => element.name === "text:p");
}

function readTable(out: DocumentBuilder, table: DomElement): void {
  const header: string[][] = [];
  const rows: string[][] = [];
  for (const child of elements(table)) {
    if (child.name === "table:table-header-rows") header.push(...elements(child).map(cellsOf));
    else if (child.name === "table:table-row") rows.push(cellsOf(child));
    else if (child.name === "table:table-rows" || child.name === "table:table-row-group") rows.push(...elements(child).filter(({ name }) => name === "table:table-row").map(cellsOf));
  }
  const name = table.attribs["table:name"];
  const named = name && !/^(Table|Tabelle|Tableau)\s*\d+$/i.test(name) ? { name } : {};
  addTable(out, { ...named, ...(header[0] ? { header: header[0], rows: [...header.slice(1), ...rows] } : splitHeader(rows)) });
}

function cellsOf(row: DomElement): string[] {
  return elements(row).flatMap((cell) => {
    if (cell.name === "table:covered-table-cell") return [""];
    if (cell.name !== "table:table-cell") return [];
    const text = elements(cell).map((child) => inline(child).text).join(" ");
    const times = Math.min(MAX_REPEATED, Number(cell.attribs["table:number-columns-repeated"] ?? 1) || 1);
    return Array.from({ length: times }, () => text);
  });
}
