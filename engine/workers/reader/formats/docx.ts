import mammoth from "mammoth";
import { parseDocument } from "htmlparser2";
import type { DocumentBuilder } from "../blocks.ts";
import { officeProperties } from "../office-properties.ts";
import { readHtmlNodes } from "../html-blocks.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { PlacedPictures, relatedParts } from "../pictures.ts";
import { openArchive, type Archive } from "../zip.ts";
import { readChart } from "./chart.ts";
import { readDiagram } from "./diagram.ts";
import { isMedia, Media } from "./docx-media.ts";
import { packageOf } from "./docx-package.ts";

/** Word's own styles that mammoth does not map by itself. */
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='Quote'] => blockquote > p:fresh",
  "p[style-name='Intense Quote'] => blockquote > p:fresh",
  "p[style-name='Caption'] => figcaption:fresh",
  "p[style-name='caption'] => figcaption:fresh",
  "comment-reference => sup",
];

/** Word: mammoth's HTML, read as HTML. Headings, lists, tables with their header, footnotes, endnotes, comments; charts and diagrams at the end. Pictures are named for recognition. */
export const readDocx: FormatReader = async ({ source, out }) => {
  const archive = openArchive(source.bytes, source.limits.maxInflatedBytes, (name) => (isMedia(name) ? "hash" : /\.(xml|rels)$/i.test(name)));
  officeProperties(archive, out.metadata);
  const main = relatedParts(archive, "", "officeDocument")[0] ?? "word/document.xml";
  const media = new Media(archive, main);
  // `file`: mammoth's own way in for containers that are open already, which its types do not name.
  const input = { file: packageOf(archive) } as unknown as Parameters<typeof mammoth.convertToHtml>[0];
  const result = await mammoth.convertToHtml(input, {
    styleMap: STYLES, externalFileAccess: false,
    convertImage: mammoth.images.imgElement(async (image) => ({ src: media.partOf((await image.readAsBuffer().catch(() => NOT_INSIDE)).toString()) })),
  }).catch(() => {
    throw corrupt("This Word document");
  });
  for (const message of result.messages) if (message.type === "error") out.warn("part-unreadable", message.message);
  const pictures = new PlacedPictures(out);
  readHtmlNodes(out, parseDocument(result.value).children, { picture: (img) => pictures.here(img.attribs.src ?? "") });
  readDrawn(out, archive, main);
  pictures.finish({ all: media.parts, running: media.running(), deleted: media.deleted() });
};

/** A picture that the document links to, or names and does not hold. */
const NOT_INSIDE = Buffer.alloc(0);

/** Charts and diagrams: mammoth does not say where they stand, so they come last, under no heading. */
function readDrawn(out: DocumentBuilder, archive: Archive, main: string): void {
  const of = (type: string) => relatedParts(archive, main, type).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  out.closeHeadings();
  for (const part of of("chart")) readChart(out, archive.text(part));
  for (const part of of("diagramData")) readDiagram(out, archive.text(part));
}
