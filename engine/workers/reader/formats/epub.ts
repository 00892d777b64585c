import { DomUtils } from "htmlparser2";
import type { DocumentBuilder } from "../blocks.ts";
import { readHtml } from "../html-blocks.ts";
import { dublinCore } from "../office-properties.ts";
import { corrupt, Refusal } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { all, first, parseXml, resolvePath } from "../xml-tree.ts";
import { openArchive, type Archive } from "../zip.ts";

/** EPUB: the spine in its order; a chapter without a heading gets its title from the table of contents. */
export const readEpub: FormatReader = ({ source, out, progress, signal }) => {
  const archive = openArchive(source.bytes, source.limits.maxInflatedBytes, (name) => /\.(x?html?|xml|opf|ncx)$/i.test(name));
  const opfPath = first(parseXml(archive.text("META-INF/container.xml") ?? ""), "rootfile")?.attribs["full-path"] ?? archive.names.find((name) => name.endsWith(".opf"));
  const opf = opfPath === undefined ? undefined : archive.text(opfPath);
  if (opfPath === undefined || opf === undefined) throw corrupt("This e-book");
  refuseProtected(archive);
  dublinCore(opf, out.metadata);
  const chapters = spineOf(opf, opfPath);
  const titles = titlesOf(archive, opf, opfPath);
  chapters.forEach((path, i) => {
    signal.throwIfAborted();
    const html = archive.text(path);
    if (html === undefined) out.warn("part-unreadable", `Chapter ${i + 1} is missing in the file.`);
    else readChapter(out, html, titles.get(path));
    progress(i + 1, chapters.length, "parts");
  });
};

function readChapter(out: DocumentBuilder, html: string, title: string | undefined): void {
  const hasHeading = /<h[1-6][\s>]/i.test(html);
  if (title && !hasHeading) {
    out.closeHeadings();
    out.heading(1, title);
  }
  // <title/> and <script/> close themselves in XHTML; an HTML parser would swallow the rest of the chapter as their text.
  readHtml(out, html.replace(/<(title|script|style|a|p|div|span|td|iframe)(\s[^<>]*)?\/>/gi, "<$1$2></$1>"), { skip: (element) => element.name === "nav" });
}

/** Readers' protection encrypts the chapters; fonts are often only obfuscated, which does no harm here. */
function refuseProtected(archive: Archive): void {
  const xml = archive.text("META-INF/encryption.xml");
  const hidden = xml === undefined ? [] : all(parseXml(xml), "enc:CipherReference").concat(all(parseXml(xml), "CipherReference"));
  if (hidden.some(({ attribs }) => /\.x?html?$/i.test(attribs.URI ?? ""))) throw new Refusal("encrypted", "This e-book is copy-protected (DRM).", "Only books without copy protection can be read.");
}

const folderOf = (path: string) => path.split("/").slice(0, -1).join("/");
const target = (from: string, href: string) => resolvePath(folderOf(from), decode(href.split("#")[0] ?? ""));

function decode(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href; // A stray % in a file name.
  }
}

function spineOf(opf: string, opfPath: string): string[] {
  const dom = parseXml(opf);
  const items = new Map(DomUtils.filter((node) => "attribs" in node && /(^|:)item$/.test(node.name), dom.children).map((node) => ("attribs" in node ? [node.attribs.id ?? "", node.attribs.href ?? ""] : ["", ""])));
  const refs = DomUtils.filter((node) => "attribs" in node && /(^|:)itemref$/.test(node.name), dom.children);
  return refs.flatMap((node) => {
    const href = "attribs" in node ? items.get(node.attribs.idref ?? "") : undefined;
    return href ? [target(opfPath, href)] : [];
  });
}

/** Chapter titles by file, from the EPUB 3 navigation or the EPUB 2 NCX; the first entry for a file counts. */
function titlesOf(archive: Archive, opf: string, opfPath: string): Map<string, string> {
  const titles = new Map<string, string>();
  const add = (from: string, href: string | undefined, title: string) => {
    const path = href ? target(from, href) : "";
    if (path && title.trim() && !titles.has(path)) titles.set(path, title.trim());
  };
  for (const { attribs } of all(parseXml(opf), "item").concat(all(parseXml(opf), "opf:item"))) {
    const path = target(opfPath, attribs.href ?? "");
    const xml = archive.text(path);
    if (xml === undefined) continue;
    if (/\bnav\b/.test(attribs.properties ?? "")) for (const link of all(parseXml(xml), "a")) add(path, link.attribs.href, DomUtils.textContent(link));
    else if (/dtbncx/.test(attribs["media-type"] ?? "")) {
      for (const point of all(parseXml(xml), "navPoint")) add(path, first(point, "content")?.attribs.src, DomUtils.textContent(first(point, "navLabel") ?? []));
    }
  }
  return titles;
}
