import { createCanvas } from "@napi-rs/canvas";
import { documentText, type Block, type CharRange, type Document, type DocumentFormat, type Passage } from "../../engine/contract/index.ts";

/** A document of the fake engine, whole: what the library lists, what the reader found, and where its words are drawn. */
export interface FakeDocument { document: Document; blocks: Block[]; text: string; passages: Passage[]; lines: Line[]; pageCount: number }
interface Line { page: number; x: number; y: number; size: number; start: number; text: string }

type Piece = { h: string; level?: number } | { p: string } | { li: string } | { code: string } | { table: string; header: string[]; rows: string[][] } | { page: number };
interface Spec { name: string; format: DocumentFormat; collectionId: string; title?: string; pieces: Piece[] }

export const PAGE = { width: 612, height: 792, margin: 72 };
const painter = createCanvas(10, 10).getContext("2d");
const fontOf = (size: number): string => `${size}px "DejaVu Sans", sans-serif`;
const widthOf = (text: string, size: number): number => { painter.font = fontOf(size); return painter.measureText(text).width; };

export function buildDocument(spec: Spec, id: string): FakeDocument {
  const blocks = blocksOf(spec.pieces);
  const path = `/home/ada/Documents/${spec.name}`;
  const passages = blocks.filter((block) => block.kind !== "heading" && block.text.length > 20).map((block, position): Passage => ({
    id: `${id}-${position}`, documentId: id, collectionId: spec.collectionId, path, format: spec.format, headingPath: block.headingPath, position,
    range: { start: block.start, end: block.start + block.text.length }, text: block.text,
    ...(block.page ? { page: block.page } : {}), ...(spec.title ? { title: spec.title } : {}),
  }));
  const lines = spec.format === "pdf" ? layOut(blocks) : [];
  const pageCount = spec.format === "pdf" ? Math.max(1, ...blocks.map((block) => block.page ?? 1)) : 0;
  const document: Document = {
    id, collectionId: spec.collectionId, path, name: spec.name, format: spec.format, origin: "file", state: "indexed", warnings: [], private: false, tags: [],
    sizeBytes: documentText(blocks).length * 7, passages: passages.length, added: "2026-05-02T09:12:00.000Z", indexed: "2026-05-02T09:12:04.000Z", modified: "2026-04-28T16:40:00.000Z",
    ...(spec.title ? { title: spec.title } : {}), ...(pageCount ? { pages: pageCount } : {}),
  };
  return { document, blocks, text: documentText(blocks), passages, lines, pageCount };
}

function blocksOf(pieces: Piece[]): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  let page: number | undefined;
  let path: string[] = [];
  const push = (block: Omit<Block, "start" | "headingPath">) => {
    blocks.push({ ...block, start, headingPath: block.kind === "heading" ? path.slice(0, -1) : path, ...(page ? { page } : {}) });
    start += block.text.length + 1;
  };
  for (const piece of pieces) {
    if ("page" in piece) page = piece.page;
    else if ("h" in piece) { path = [...path.slice(0, (piece.level ?? 1) - 1), piece.h]; push({ kind: "heading", text: piece.h, level: piece.level ?? 1 }); }
    else if ("p" in piece) push({ kind: "paragraph", text: piece.p });
    else if ("li" in piece) push({ kind: "list-item", text: piece.li });
    else if ("code" in piece) push({ kind: "code", text: piece.code });
    else piece.rows.forEach((cells, index) => push({ kind: "table-row", text: cells.map((cell, at) => `${piece.header[at] ?? ""}: ${cell}`).join(", "), table: { name: piece.table, header: piece.header, cells, row: index + 1 } }));
  }
  return blocks;
}

function layOut(blocks: Block[]): Line[] {
  const lines: Line[] = [];
  const at = new Map<number, number>();
  for (const block of blocks) {
    const page = block.page ?? 1;
    const size = block.kind === "heading" ? 17 : 10.5;
    let y = (at.get(page) ?? PAGE.margin) + (block.kind === "heading" ? 16 : 8);
    let rest = { text: block.text, start: block.start };
    while (rest.text) {
      const taken = fit(rest.text, size);
      lines.push({ page, x: PAGE.margin, y, size, start: rest.start, text: rest.text.slice(0, taken).trimEnd() });
      rest = { text: rest.text.slice(taken), start: rest.start + taken };
      y += size * 1.5;
    }
    at.set(page, y);
  }
  return lines;
}

function fit(text: string, size: number): number {
  const room = PAGE.width - 2 * PAGE.margin;
  let taken = 0;
  for (const word of text.match(/\S+\s*/g) ?? []) {
    if (taken > 0 && widthOf(text.slice(0, taken) + word.trimEnd(), size) > room) break;
    taken += word.length;
  }
  return taken || text.length;
}

export function drawPage(document: FakeDocument, page: number, width: number): { png: string; width: number; height: number } {
  const scale = width / PAGE.width;
  const canvas = createCanvas(width, Math.round(PAGE.height * scale));
  const ink = canvas.getContext("2d");
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.scale(scale, scale);
  ink.fillStyle = "#222";
  ink.textBaseline = "top";
  for (const line of document.lines.filter((candidate) => candidate.page === page)) { ink.font = fontOf(line.size); ink.fillText(line.text, line.x, line.y); }
  ink.font = fontOf(9);
  ink.fillText(String(page), PAGE.width / 2, PAGE.height - 48);
  return { png: canvas.toBuffer("image/png").toString("base64"), width: canvas.width, height: canvas.height };
}

export function highlightOf(document: FakeDocument, ranges: CharRange[]): { page: number; rects: [number, number, number, number][] }[] {
  const pages = new Map<number, [number, number, number, number][]>();
  for (const range of ranges) for (const line of document.lines) {
    const from = Math.max(range.start, line.start);
    const to = Math.min(range.end, line.start + line.text.length);
    if (from >= to) continue;
    const x = line.x + widthOf(line.text.slice(0, from - line.start), line.size);
    const rects = pages.get(line.page) ?? [];
    rects.push([x, line.y - 1, widthOf(line.text.slice(from - line.start, to - line.start), line.size), line.size * 1.25]);
    pages.set(line.page, rects);
  }
  return [...pages].map(([page, rects]) => ({ page, rects }));
}

/** Four small documents, of the kinds that are shown differently: pages, prose with code, a sheet, a long one. */
export const corpus: Spec[] = [
  {
    name: "Sordan field survey.pdf", format: "pdf", collectionId: "c-main", title: "The Sordan Survey: Field Report", pieces: [
      { page: 1 }, { h: "The Sordan Survey" }, { p: "This report sums up the first season of the Sordan survey, carried out in the hill country between Barman and Wilsek. It was written for the members of the county archive and for the people of both towns." },
      { h: "Schedule and budget", level: 2 }, { p: "The survey gets under way on 8 July and lasts eleven weeks. The budget of the survey is 986 crowns, of which a third is set aside for drawing paper and instruments. The members of the survey come together each Friday." },
      { p: "Work in the field pauses whenever the river stands above the second mark on the bridge. In the first season this happened on nine days." },
      { page: 2 }, { h: "Findings", level: 2 }, { p: "Twenty-three cairns were found on the eastern ridge, nineteen of them unknown to earlier surveys. The largest cairn measures 4.2 metres across and stands within sight of the old toll house. Its stones were carried from the river bed, more than two kilometres away." },
      { p: "The old road from Barman to Wilsek runs forty metres north of where the county map draws it. The survey recommends that the county map be corrected before the road is rebuilt." },
      { h: "What remains open", level: 2 }, { p: "The age of the cairns could not be settled in this season. Two samples of charcoal have been sent to the laboratory in Naldor, and the results are expected in spring." },
    ],
  },
  {
    name: "Hill towns.md", format: "markdown", collectionId: "c-main", title: "Hill towns", pieces: [
      { h: "Hill towns" }, { p: "Notes on the towns of the hill country, kept by the county archive." },
      { h: "Barman", level: 2 }, { p: "The population of Barman is 782. Barman stands at 812 metres and is the highest town in the county. Its market is held on the first Tuesday of each month." },
      { h: "Wilsek", level: 2 }, { p: "Wilsek has 1,340 inhabitants. The town is known for its pianos, which are built by Gallery Torrin. The quiet hospital of Wilsek was opened in 1911." },
      { h: "How the figures are kept", level: 2 }, { p: "Figures are read from the parish books with a small script, and checked twice a year." },
      { code: "def population(book: ParishBook) -> int:\n    \"\"\"Living persons on the last day of the year.\"\"\"\n    return sum(1 for person in book if not person.left)" },
      { li: "Barman was last checked in March." }, { li: "Wilsek was last checked in April." },
    ],
  },
  {
    name: "Companies of the north.xlsx", format: "xlsx", collectionId: "c-work", title: "Companies of the north", pieces: [
      { page: 1 }, { table: "Companies", header: ["Name", "Seat", "Product", "Led by", "Employees"], rows: [
        ["Gallery Torrin", "Wilsek", "Pianos", "Porbin Selvek", "48"], ["School Pratis", "Barman", "Pianos", "Kalras Harson", "21"],
        ["Studio Velhom", "Naldor", "Maps", "Ines Tarvo", "7"], ["Mill Osgrave", "Wilsek", "Paper", "Len Marrow", "112"] ] },
    ],
  },
];
