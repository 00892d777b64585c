import mammoth from "mammoth";
import { parseDocument } from "htmlparser2";
import { sha256 } from "../../../base/hash.ts";
import { officeProperties } from "../office-properties.ts";
import { readHtmlNodes } from "../html-blocks.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { isPicturePart, picturesIn, PlacedPictures, relatedParts } from "../pictures.ts";
import { openArchive, type Archive } from "../zip.ts";

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

const MEDIA = "word/media/";
const MAIN = "word/document.xml";

/** Word: mammoth's HTML, read as HTML. Headings, lists, tables with their header, footnotes, endnotes, comments. Pictures are named for recognition. */
export const readDocx: FormatReader = async ({ source, out }) => {
  // mammoth unpacks without a limit of its own, so the parts are counted first.
  const archive = openArchive(source.bytes, source.limits.maxInflatedBytes, (name) =>
    name.startsWith(MEDIA) && isPicturePart(name) ? "hash" : name.startsWith("docProps/") || name.startsWith("word/_rels/"));
  officeProperties(archive, out.metadata);
  const media = new Media(archive);
  const buffer = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  const result = await mammoth.convertToHtml({ buffer }, {
    styleMap: STYLES, externalFileAccess: false,
    convertImage: mammoth.images.imgElement(async (image) => ({ src: media.partOf(await image.readAsBuffer().catch(() => NOT_INSIDE)) })),
  }).catch(() => {
    throw corrupt("This Word document");
  });
  for (const message of result.messages) if (message.type === "error") out.warn("part-unreadable", message.message);
  const pictures = new PlacedPictures(out);
  readHtmlNodes(out, parseDocument(result.value).children, { picture: (img) => pictures.here(img.attribs.src ?? "") });
  pictures.leaveOut(media.running());
  pictures.rest(media.parts);
};

/** Bytes of a picture that the document links to, or names and does not hold. */
const NOT_INSIDE = Buffer.alloc(0);

/** The pictures of a Word file. mammoth hands out their bytes without a name, so they are known by their hash, and copies are one picture. */
class Media {
  private readonly byHash = new Map<string, string>();
  private readonly archive: Archive;

  constructor(archive: Archive) {
    this.archive = archive;
    for (const part of picturesIn(archive.names, MEDIA)) {
      const hash = archive.hash(part) ?? "";
      if (!this.byHash.has(hash)) this.byHash.set(hash, part);
    }
  }

  get parts(): string[] {
    return [...this.byHash.values()];
  }

  /** "": none that could be drawn. */
  partOf(bytes: Uint8Array): string {
    return this.byHash.get(sha256(bytes)) ?? "";
  }

  /** In headers and footers. */
  running(): string[] {
    const parts = ["header", "footer"].flatMap((type) => relatedParts(this.archive, MAIN, type));
    return parts.flatMap((part) => relatedParts(this.archive, part, "image")).map((part) => this.byHash.get(this.archive.hash(part) ?? "") ?? part);
  }
}
