import { DomUtils, parseDocument } from "htmlparser2";
import type { Metadata } from "./blocks.ts";
import { openArchive, type Archive } from "./zip.ts";

/** Title, author and dates of an OOXML package (docProps/core.xml). */
export function officeProperties(archive: Archive, metadata: Metadata): void {
  const core = archive.text("docProps/core.xml");
  if (core) dublinCore(core, metadata);
}

/** The same of any XML that uses Dublin Core names: OOXML core properties, OpenDocument meta.xml, EPUB's package file. */
export function dublinCore(xml: string, metadata: Metadata): void {
  const dom = parseDocument(xml, { xmlMode: true });
  const first = (...names: string[]) => {
    for (const name of names) {
      const text = DomUtils.getElementsByTagName(name, dom, true, 1).map((element) => DomUtils.textContent(element).trim())[0];
      if (text) return text;
    }
    return undefined;
  };
  metadata.title ??= first("dc:title");
  metadata.author ??= first("dc:creator", "meta:initial-creator");
  metadata.created ??= first("dcterms:created", "meta:creation-date");
  metadata.modified ??= first("dcterms:modified", "dc:date");
}

/** True for an OpenDocument package whose manifest says that its parts are encrypted. */
export function isEncryptedPackage({ bytes, limits }: { bytes: Uint8Array; limits: { maxInflatedBytes: number } }): boolean {
  const manifest = openArchive(bytes, limits.maxInflatedBytes, (name) => name === "META-INF/manifest.xml").text("META-INF/manifest.xml");
  return manifest !== undefined && /<manifest:(encryption-data|keyinfo)\b/.test(manifest);
}
