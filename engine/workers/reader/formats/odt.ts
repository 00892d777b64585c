import type { DocumentBuilder } from "../blocks.ts";
import type { DomElement, DomNode } from "../html-blocks.ts";
import { dublinCore, isEncryptedPackage } from "../office-properties.ts";
import { picturesIn, PlacedPictures } from "../pictures.ts";
import { corrupt, Refusal } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { addTable, splitHeader } from "../tables.ts";
import { all, elements, first, isElement, parseXml, resolvePath } from "../xml-tree.ts";
import { openArchive } from "../zip.ts";

const MAX_DEPTH = 100;
const MAX_REPEATED = 50;

/** OpenDocument text: headings, paragraphs, lists, tables, notes. Deleted text of tracked changes is left out. Pictures are named for recognition. */
export const readOdt: FormatReader = ({ source, out }) => {
  const archive = openArchive(source.bytes, source.limits.maxInflatedBytes, (name) => name === "content.xml" || name === "styles.xml" || name === "meta.xml");
  if (isEncryptedPackage(source)) throw new Refusal("encrypted", "This document is protected by a password.", "Save a copy without the password and add that.");
  const meta = archive.text("meta.xml");
  if (meta) dublinCore(meta, out.metadata);
  const content = archive.text("content.xml");
  const body = content === undefined ? undefined : first(parseXml(content), "office:text");
  if (!body) throw corrupt("This OpenDocument text");
  const pictures = new PlacedPictures(out);
  readElements({ out, pictures }, elements(body), { kind: "paragraph", depth: 0 });
  const master = first(parseXml(archive.text("styles.xml") ?? ""), "office:master-styles");
  const tracked = first(body, "text:tracked-changes");
  pictures.finish({ all: picturesIn(archive.names, "Pictures/"), running: master ? imagesIn(master) : [], deleted: tracked ? imagesIn(tracked) : [] });
};

interface Place { readonly kind: "paragraph" | "list-item"; readonly depth: number }
interface Found { readonly out: DocumentBuilder; readonly pictures: PlacedPictures }

/** Parts of the pictures in a frame, or anywhere below. */
const imagesIn = (element: DomElement): string[] => all(element, "draw:image").map(({ attribs }) => resolvePath("", attribs["xlink:href"] ?? ""));

function readElements(found: Found, nodes: readonly DomElement[], place: Place): void {
  if (place.depth > MAX_DEPTH) return;
  const deeper = { ...place, depth: place.depth + 1 };
  for (const node of nodes) {
    if (found.out.full) return;
    if (node.name === "text:h") {
      const { text, ...hanging } = inline(node);
      found.out.heading(Number(node.attribs["text:outline-level"] ?? 1) || 1, text);
      readHanging(found, hanging);
    } else if (node.name === "text:p") {
      const { text, ...hanging } = inline(node);
      found.out.text(place.kind, text);
      readHanging(found, hanging);
    } else if (node.name === "table:table") readTable(found, node);
    else if (node.name === "text:list") readElements(found, elements(node), { ...deeper, kind: "list-item" });
    else if (/^text:(list-item|list-header|section|index-body|table-of-content|numbered-paragraph)$/.test(node.name)) readElements(found, elements(node), deeper);
    else if (/^draw:/.test(node.name)) readFrame(found, node, deeper);
  }
}

/** What hangs in a paragraph: notes, text boxes and pictures. */
interface Hanging { readonly notes: readonly string[]; readonly frames: readonly DomElement[] }

function readHanging(found: Found, { notes, frames }: Hanging): void {
  for (const note of notes) found.out.text("footnote", note);
  for (const frame of frames) readFrame(found, frame, { kind: "paragraph", depth: MAX_DEPTH - 5 });
}

function readFrame(found: Found, frame: DomElement, place: Place): void {
  if (frame.name === "draw:g" || frame.name === "draw:a") return readElements(found, elements(frame), place);
  const boxes = textBoxes(frame);
  if (boxes.length > 0) readElements(found, boxes, place);
  for (const part of imagesIn(frame)) found.pictures.here(part);
}

/** A paragraph's text, and what hangs in it. */
function inline(paragraph: DomElement): Hanging & { readonly text: string } {
  const notes: string[] = [];
  const frames: DomElement[] = [];
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
          frames.push(node);
          return "";
        // Items of a list and rows of a table inside a cell are words apart.
        case "text:p":
        case "text:h":
          return depth > MAX_DEPTH ? "" : ` ${visit(node.children, depth + 1)} `;
        default:
          return depth > MAX_DEPTH ? "" : visit(node.children, depth + 1);
      }
    }).join("");
  return { text: visit(paragraph.children, 0), notes, frames };
}

function textBoxes(frame: DomElement): DomElement[] {
  const box = first(frame, "draw:text-box");
  return box ? elements(box) : elements(frame).filter((element) => element.name === "text:p");
}

interface Row { readonly cells: readonly string[]; readonly hanging: Hanging }

/** What hangs in a cell stands behind its row; in the header, before the first. */
function readTable(found: Found, table: DomElement): void {
  const header: Row[] = [];
  const rows: Row[] = [];
  for (const child of elements(table)) {
    if (child.name === "table:table-header-rows") header.push(...elements(child).map(rowOf));
    else if (child.name === "table:table-row") rows.push(rowOf(child));
    else if (child.name === "table:table-rows" || child.name === "table:table-row-group") rows.push(...elements(child).filter(({ name }) => name === "table:table-row").map(rowOf));
  }
  const name = table.attribs["table:name"];
  const named = name && !/^(Table|Tabelle|Tableau)\s*\d+$/i.test(name) ? { name } : {};
  const all = [...header, ...rows];
  const grid = all.map(({ cells }) => cells);
  const input = grid[0] && header.length > 0 ? { header: grid[0], rows: grid.slice(1) } : splitHeader(grid);
  const above = input.header.length > 0 ? 1 : 0;
  for (const { hanging } of all.slice(0, above)) readHanging(found, hanging);
  addTable(found.out, { ...named, ...input, afterRow: (row) => { const at = all[above + row - 1]; if (at) readHanging(found, at.hanging); } });
}

function rowOf(row: DomElement): Row {
  const hanging: { notes: string[]; frames: DomElement[] } = { notes: [], frames: [] };
  const cells = elements(row).flatMap((cell) => {
    if (cell.name === "table:covered-table-cell") return [""];
    if (cell.name !== "table:table-cell") return [];
    const inside = elements(cell).map(inline);
    for (const { notes, frames } of inside) {
      hanging.notes.push(...notes);
      hanging.frames.push(...frames);
    }
    const text = inside.map((child) => child.text).join(" ");
    const times = Math.min(MAX_REPEATED, Number(cell.attribs["table:number-columns-repeated"] ?? 1) || 1);
    return Array.from({ length: times }, () => text);
  });
  return { cells, hanging };
}
