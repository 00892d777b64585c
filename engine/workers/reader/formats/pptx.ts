import type { DocumentBuilder } from "../blocks.ts";
import type { DomElement } from "../html-blocks.ts";
import { officeProperties } from "../office-properties.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { addTable, splitHeader } from "../tables.ts";
import { all, elements, first, parseXml, relationships } from "../xml-tree.ts";
import { openArchive, type Archive } from "../zip.ts";
import { isPicturePart } from "../pictures.ts";
import { readChart } from "./chart.ts";
import { readDiagram } from "./diagram.ts";

/** Placeholders that repeat on every slide. */
const FURNITURE = new Set(["sldNum", "dt", "ftr", "hdr", "sldImg"]);

/** PowerPoint: slides are pages, titles headings; text, tables, charts, diagrams, picture descriptions and the speaker's notes. */
export const readPptx: FormatReader = ({ source, out, progress, signal }) => {
  const archive = openArchive(source.bytes, source.limits.maxInflatedBytes, (name) => /\.(xml|rels)$/i.test(name));
  officeProperties(archive, out.metadata);
  const slides = slidePaths(archive);
  if (slides.length === 0) throw corrupt("This presentation");
  slides.forEach((path, i) => {
    signal.throwIfAborted();
    out.startPage(i + 1);
    out.closeHeadings();
    const xml = archive.text(path);
    if (xml === undefined) out.warn("part-unreadable", `Slide ${i + 1} is missing in the file.`, i + 1);
    else readSlide(out, archive, { path, xml, page: i + 1 });
    progress(i + 1, slides.length, "parts");
  });
};

/** Slides in the order of the presentation, hidden ones too. */
function slidePaths(archive: Archive): string[] {
  const main = archive.names.find((name) => /^ppt\/presentation\.xml$/i.test(name)) ?? "ppt/presentation.xml";
  const targets = relationships(archive.text("ppt/_rels/presentation.xml.rels"), "ppt");
  const ids = all(parseXml(archive.text(main) ?? ""), "p:sldId").map((element) => element.attribs["r:id"] ?? "");
  const ordered = ids.flatMap((id) => targets.get(id)?.target ?? []);
  return ordered.length > 0 ? ordered : archive.names.filter((name) => /^ppt\/slides\/slide\d+\.xml$/.test(name));
}

function readSlide(out: DocumentBuilder, archive: Archive, slide: { path: string; xml: string; page: number }): void {
  const name = slide.path.split("/").pop() ?? "";
  const parts = relationships(archive.text(`ppt/slides/_rels/${name}.rels`), "ppt/slides");
  const tree = first(parseXml(slide.xml), "p:spTree");
  const shapes = tree ? shapesOf(tree) : [];
  const isTitle = (shape: DomElement) => /^(title|ctrTitle)$/.test(placeholder(shape) ?? "");
  // The title is read first wherever it lies in the drawing order.
  for (const shape of [...shapes.filter(isTitle), ...shapes.filter((shape) => !isTitle(shape))]) {
    if (isTitle(shape)) out.heading(1, paragraphsOf(shape).map(runText).join(" "));
    else readShape(out, shape, (id) => archive.text(parts.get(id)?.target ?? ""));
  }
  for (const { type, target } of parts.values()) {
    if (type === "notesSlide") readNotes(out, archive.text(target));
    else if (type === "image" && isPicturePart(target)) out.picture({ page: slide.page, part: target });
  }
}

/** Shapes of a slide, those in groups too, in drawing order. */
function shapesOf(tree: DomElement): DomElement[] {
  const found: DomElement[] = [];
  const stack = elements(tree).reverse();
  for (let shape = stack.pop(); shape; shape = stack.pop()) {
    if (shape.name === "p:grpSp" || shape.name === "mc:AlternateContent" || shape.name === "mc:Choice") stack.push(...elements(shape).reverse());
    else if (/^p:(sp|graphicFrame|pic|cxnSp)$/.test(shape.name)) found.push(shape);
  }
  return found;
}

const placeholder = (shape: DomElement) => {
  const ph = first(shape, "p:ph");
  return ph ? (ph.attribs.type ?? "body") : undefined;
};

function readShape(out: DocumentBuilder, shape: DomElement, part: (id: string) => string | undefined): void {
  const kind = placeholder(shape);
  if (kind !== undefined && FURNITURE.has(kind)) return;
  const table = first(shape, "a:tbl");
  if (table) return readTable(out, table);
  const chart = first(shape, "c:chart");
  if (chart) return readChart(out, part(chart.attribs["r:id"] ?? ""));
  const diagram = first(shape, "dgm:relIds");
  if (diagram) return readDiagram(out, part(diagram.attribs["r:dm"] ?? ""));
  if (shape.name === "p:pic") return out.text("caption", first(shape, "p:cNvPr")?.attribs.descr ?? "");
  for (const paragraph of paragraphsOf(shape)) out.text(kind === "body" || kind === "obj" ? "list-item" : "paragraph", runText(paragraph));
}

const paragraphsOf = (shape: DomElement) => all(shape, "a:p");

function runText(paragraph: DomElement): string {
  let text = "";
  for (const element of elements(paragraph)) {
    if (element.name === "a:br") text += " ";
    else if (element.name === "a:r" || element.name === "a:fld") text += all(element, "a:t").map((t) => t.children.map((child) => ("data" in child ? child.data : "")).join("")).join("");
  }
  return text;
}

function readTable(out: DocumentBuilder, table: DomElement): void {
  const grid = all(table, "a:tr").map((row) => elements(row).filter(({ name }) => name === "a:tc").map((cell) => paragraphsOf(cell).map(runText).join(" ")));
  addTable(out, splitHeader(grid));
}

function readNotes(out: DocumentBuilder, xml: string | undefined): void {
  if (!xml) return;
  const tree = first(parseXml(xml), "p:spTree");
  for (const shape of tree ? shapesOf(tree) : []) {
    if (FURNITURE.has(placeholder(shape) ?? "")) continue;
    for (const paragraph of paragraphsOf(shape)) out.text("footnote", runText(paragraph));
  }
}
