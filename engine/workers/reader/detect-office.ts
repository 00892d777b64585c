import { CFB } from "@e965/xlsx";
import { unzipSync } from "fflate";
import type { DocumentFormat } from "../../contract/document.ts";
import { refuseBinary } from "./binary-kinds.ts";
import { corrupt, Refusal } from "./refusal.ts";

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const starts = (bytes: Uint8Array, magic: readonly number[]) => magic.every((byte, i) => bytes[i] === byte);

/**
 * Office files are containers: zip (OOXML, OpenDocument, EPUB) or OLE (xls, msg). What they are stands in the names of their parts.
 * @throws Refusal for archives and old or encrypted office files.
 */
export function officeFormat(bytes: Uint8Array): DocumentFormat | undefined {
  if (starts(bytes, ZIP)) return zipFormat(bytes);
  if (starts(bytes, OLE)) return oleFormat(bytes);
  return undefined;
}

const ODF: Readonly<Record<string, DocumentFormat | "odp" | "odg">> = {
  "application/epub+zip": "epub",
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.oasis.opendocument.text-template": "odt",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/vnd.oasis.opendocument.graphics": "odg",
};

function zipFormat(bytes: Uint8Array): DocumentFormat {
  const names = memberNames(bytes);
  const mimetype = packageType(bytes);
  const odf = mimetype === undefined ? undefined : ODF[mimetype];
  if (odf === "odp" || odf === "odg") return refuseBinary(mimetype ?? "", odf);
  if (odf) return odf;
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^word\/document\d*\.xml$/i)) return "docx";
  if (has(/^ppt\/presentation\.xml$/i)) return "pptx";
  if (has(/^xl\/workbook\.(xml|bin)$/i)) return "xlsx";
  if (has(/^META-INF\/container\.xml$/) && has(/\.opf$/i)) return "epub";
  if (has(/^content\.xml$/) && has(/^META-INF\/manifest\.xml$/)) return "odt";
  // Strict and oddly named packages say in [Content_Types].xml what they are; their parts still lie in these folders.
  if (has(/^\[Content_Types\]\.xml$/i) && has(/^word\//i)) return "docx";
  if (has(/^\[Content_Types\]\.xml$/i) && has(/^ppt\//i)) return "pptx";
  if (has(/^\[Content_Types\]\.xml$/i) && has(/^xl\//i)) return "xlsx";
  return refuseBinary("application/zip", "zip");
}

/** Names in the local headers, found by signature: also right for a file whose central directory at the end was cut off. */
function memberNames(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  for (let at = 0; at >= 0 && at + 30 < buffer.length && names.length < 5000; at = buffer.indexOf("PK\x03\x04", at + 4, "latin1")) {
    const length = buffer.readUInt16LE(at + 26);
    names.push(buffer.toString("utf8", at + 30, Math.min(at + 30 + length, buffer.length)));
  }
  return names;
}

const SMALL = 1 << 20;

/** OpenDocument and EPUB say what they are in a member "mimetype", OpenDocument in its manifest as well. */
function packageType(bytes: Uint8Array): string | undefined {
  try {
    const wanted = new Set(["mimetype", "META-INF/manifest.xml"]);
    const found = unzipSync(bytes, { filter: ({ name, originalSize }) => wanted.has(name) && originalSize <= SMALL });
    const text = (name: string) => Buffer.from(found[name] ?? []).toString("utf8").trim();
    return text("mimetype") || /full-path="\/"[^>]*media-type="([^"]+)"|media-type="([^"]+)"[^>]*full-path="\/"/.exec(text("META-INF/manifest.xml"))?.slice(1).find(Boolean);
  } catch {
    return undefined; // Cut off or broken: what the local headers say has to do.
  }
}

function oleFormat(bytes: Uint8Array): DocumentFormat {
  const streams = oleStreams(bytes);
  const has = (pattern: RegExp) => streams.some((name) => pattern.test(name));
  if (has(/EncryptedPackage$/)) {
    throw new Refusal("encrypted", "This Office file is protected by a password.", "Open it in its own program, save a copy without the password and add that.");
  }
  if (has(/\/(Workbook|Book)$/i)) return "xls";
  if (has(/__properties_version1\.0$/)) return "msg";
  if (has(/\/WordDocument$/)) return refuseBinary("application/msword", "doc");
  if (has(/\/PowerPoint Document$/)) return refuseBinary("application/vnd.ms-powerpoint", "ppt");
  return refuseBinary("application/x-cfb", "cfb");
}

function oleStreams(bytes: Uint8Array): string[] {
  try {
    return CFB.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { type: "buffer" }).FullPaths;
  } catch {
    throw corrupt("This Office file");
  }
}
