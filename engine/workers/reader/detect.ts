import { fileTypeFromBuffer } from "file-type";
import type { DocumentFormat } from "../../contract/document.ts";
import { refuseBinary, unknownBinary } from "./binary-kinds.ts";
import { officeFormat } from "./detect-office.ts";
import { decodeText, type Decoded } from "./encoding.ts";
import { Refusal } from "./refusal.ts";
import { sniffText } from "./sniff-text.ts";

export interface Detected {
  readonly format: DocumentFormat;
  readonly mediaType: string;
  /** Text formats only. */
  readonly decoded?: Decoded;
}

const MEDIA_TYPES: Readonly<Record<DocumentFormat, string>> = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  xls: "application/vnd.ms-excel", ods: "application/vnd.oasis.opendocument.spreadsheet", odt: "application/vnd.oasis.opendocument.text",
  csv: "text/csv", tsv: "text/tab-separated-values", html: "text/html", markdown: "text/markdown", text: "text/plain",
  json: "application/json", jsonl: "application/jsonl", xml: "application/xml", eml: "message/rfc822", msg: "application/vnd.ms-outlook",
  epub: "application/epub+zip", rtf: "application/rtf", ipynb: "application/x-ipynb+json", code: "text/plain", sqlite: "application/vnd.sqlite3",
  image: "image/*",
};

export interface DetectInput {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly mediaType?: string | undefined;
}

/**
 * What a file is: by its bytes first, by its name where bytes leave a choice (Markdown, code, CSV and plain text look alike).
 * @throws Refusal `empty`, `encrypted` (office containers) or `unsupported`, saying what the file is.
 */
export async function detect({ bytes, name, mediaType }: DetectInput): Promise<Detected> {
  if (bytes.length === 0) throw new Refusal("empty", "The file is empty.");
  const binary = await detectBinary(bytes);
  if (binary) return { format: binary, mediaType: MEDIA_TYPES[binary] };
  const decoded = decodeText(bytes, charsetOf(mediaType) ?? declaredIn(bytes));
  if (!decoded) throw unknownBinary(name);
  if (!decoded.text.trim()) throw new Refusal("no-text", "The file holds nothing but white space.");
  const format = sniffText(decoded.text, name, mediaType);
  return { format, mediaType: MEDIA_TYPES[format], decoded };
}

async function detectBinary(bytes: Uint8Array): Promise<DocumentFormat | undefined> {
  if (isPdf(bytes)) return "pdf";
  const office = officeFormat(bytes);
  if (office) return office;
  const found = await fileTypeFromBuffer(bytes.subarray(0, 1 << 20)).catch(() => undefined);
  if (!found) return undefined;
  if (found.mime === "application/rtf") return "rtf";
  if (/sqlite3$/.test(found.mime)) return "sqlite";
  if (found.ext !== "ps" && found.ext !== "eps" && isPlainText(bytes)) return undefined;
  if (isPicture(found.mime)) return "image";
  return refuseBinary(found.mime, found.ext);
}

/** Kinds of picture that are drawn, and so can be looked at and recognised. */
const isPicture = (mime: string) => /^image\/(png|jpeg|tiff|webp|bmp|gif)$/.test(mime);

/** Magic numbers can be two letters ("BM" is a bitmap): a file that is text from end to end is no image, whatever it begins with. */
function isPlainText(bytes: Uint8Array): boolean {
  const decoded = decodeText(bytes.subarray(0, 1 << 20));
  return decoded !== undefined && !decoded.guessed;
}

/** PDF readers accept the header anywhere in the first kilobyte, and so do the files people have. A text that only speaks of it has not the end of one. */
function isPdf(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = file.subarray(0, 1024).indexOf("%PDF-");
  return at === 0 || (at > 0 && (!isPlainText(bytes) || file.includes("%%EOF")));
}

function charsetOf(mediaType: string | undefined): string | undefined {
  return /charset=["']?([\w.:-]+)/i.exec(mediaType ?? "")?.[1];
}

/** The encoding an HTML or XML file names for itself. */
function declaredIn(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2048)).toString("latin1");
  return /<\?xml[^>]*encoding=["']([\w.:-]+)["']/i.exec(head)?.[1] ?? /<meta[^>]{0,200}charset=["']?([\w.:-]+)/i.exec(head)?.[1];
}
