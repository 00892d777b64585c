import { isPicturePart, picturesIn, relatedParts } from "../pictures.ts";
import type { DocumentBuilder } from "../blocks.ts";
import { all, parseXml, relationships } from "../xml-tree.ts";
import { openArchive, type Archive } from "../zip.ts";

/** Names the pictures of an XLSX, sheet by sheet through its drawings, and of an ODS, which does not say so simply: all at the end. */
export function sheetPictures(out: DocumentBuilder, bytes: Uint8Array, maxBytes: number): void {
  const archive = openArchive(bytes, maxBytes, (name) => name === "xl/workbook.xml" || name.endsWith(".rels"));
  const placed = new Set<string>();
  for (const [i, sheet] of sheetPaths(archive).entries()) {
    for (const part of picturesOf(archive, sheet)) {
      placed.add(part);
      out.picture({ page: i + 1, part });
    }
  }
  for (const part of [...picturesIn(archive.names, "xl/media/"), ...picturesIn(archive.names, "Pictures/")]) if (!placed.has(part)) out.picture({ part });
}

function sheetPaths(archive: Archive): string[] {
  const targets = relationships(archive.text("xl/_rels/workbook.xml.rels"), "xl");
  return all(parseXml(archive.text("xl/workbook.xml") ?? ""), "sheet").map(({ attribs }) => targets.get(attribs["r:id"] ?? "")?.target ?? "");
}

function picturesOf(archive: Archive, sheet: string): string[] {
  return relatedParts(archive, sheet, "drawing").flatMap((drawing) => relatedParts(archive, drawing, "image")).filter(isPicturePart);
}
