import mammoth from "mammoth";
import { parseDocument } from "htmlparser2";
import { officeProperties } from "../office-properties.ts";
import { readHtmlNodes } from "../html-blocks.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { picturesIn } from "../pictures.ts";
import { openArchive } from "../zip.ts";

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

/** Word: mammoth's HTML, read as HTML. Headings, lists, tables with their header, footnotes, endnotes, comments. Pictures are named for recognition. */
export const readDocx: FormatReader = async ({ source, out }) => {
  // mammoth unpacks without a limit of its own, so the parts are counted first.
  const archive = openArchive(source.bytes, source.limits.maxInflatedBytes, (name) => name.startsWith("docProps/"));
  for (const part of picturesIn(archive.names, "word/media/")) out.picture({ part });
  officeProperties(archive, out.metadata);
  const buffer = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  const result = await mammoth.convertToHtml({ buffer }, {
    styleMap: STYLES, externalFileAccess: false,
    // An empty source leaves the picture out without decoding it.
    convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: "" })),
  }).catch(() => {
    throw corrupt("This Word document");
  });
  for (const message of result.messages) if (message.type === "error") out.warn("part-unreadable", message.message);
  readHtmlNodes(out, parseDocument(result.value).children);
};
