import { Readability } from "@mozilla/readability";
import { DomUtils, parseDocument } from "htmlparser2";
import { parseHTML } from "linkedom";
import { readHtml, readHtmlNodes, textContent, type DomElement } from "../html-blocks.ts";
import { flattenIfTooDeep } from "../markup-depth.ts";
import { textOf, type FormatReader } from "../source.ts";

/** Readability's answer is taken where it keeps at least this share of the page's own text outside menus. */
const MIN_SHARE = 0.4;
const MIN_CHARACTERS = 140;
/** Readability visits every node many times: a page with more tags is a book or a table, and read whole. */
const MAX_READABILITY_TAGS = 30_000;

/** A page's main content without its menus; the whole body where no main content stands out. */
export const readHtmlPage: FormatReader = ({ source, out }) => {
  const html = flattenIfTooDeep(textOf(source));
  const dom = parseDocument(html);
  describe(dom.children, out.metadata);
  const body = DomUtils.getElementsByTagName("body", dom, true, 1)[0];
  const whole = body ? body.children : dom.children;
  const main = DomUtils.findOne((element) => element.name === "main" || element.attribs.role === "main" || element.name === "article", whole);
  const ownText = whole.map((node) => contentLength(node)).reduce((a, b) => a + b, 0);
  const enough = (length: number) => length >= MIN_CHARACTERS && length >= ownText * MIN_SHARE;
  if (main && enough(contentLength(main))) return readHtmlNodes(out, withTitle(main, whole), { skip: isFurniture });
  const article = html.split("<", MAX_READABILITY_TAGS * 2).length < MAX_READABILITY_TAGS * 2 ? readable(html) : undefined;
  if (!article || !enough(article.length)) return readHtmlNodes(out, whole, { skip: isFurniture });
  if (article.title && !/<h1[\s>]/i.test(article.content)) out.heading(1, article.title);
  readHtml(out, article.content, { skip: isFurniture });
};

const FURNITURE_ROLE = /^(navigation|banner|contentinfo|search|menu|menubar|complementary)$/;
const FURNITURE_CLASS = /(^|[\s_-])(nav|navbar|navbox|menu|breadcrumbs?|cookie|sidebar|footer|skip-link|mw-editsection|toc|social|share)([\s_-]|$)/i;

/** Menus, footers, edit links: the same on every page of a site and never what a page is about. */
function isFurniture(element: DomElement): boolean {
  if (element.name === "nav" || element.name === "footer" || element.name === "aside" || element.name === "form") return element.name !== "form" || !holdsProse(element);
  return FURNITURE_ROLE.test(element.attribs.role ?? "") || (FURNITURE_CLASS.test(element.attribs.class ?? "") && !holdsProse(element));
}

/** Old pages wrap everything in one form or one "menu" table: what holds many sentences is content whatever it is called. */
function holdsProse(element: DomElement): boolean {
  return DomUtils.getElementsByTagName("p", element, true, 5).filter((p) => textContent(p).length > 80).length >= 3;
}

function contentLength(node: Parameters<typeof textContent>[0]): number {
  if (!("attribs" in node)) return textContent(node).trim().length;
  if (isFurniture(node)) return 0;
  const menus = DomUtils.find((inner) => "attribs" in inner && isFurniture(inner), node.children, true, 1000);
  return squeezed(textContent(node)) - menus.reduce((sum, menu) => sum + squeezed(textContent(menu)), 0);
}

const squeezed = (text: string) => text.replace(/\s+/g, " ").length;

/** The page's title often stands above its main element. */
function withTitle(main: DomElement, whole: DomElement["children"]): DomElement["children"] {
  const title = DomUtils.findOne((element) => element.name === "h1", whole);
  const inside = title && DomUtils.findOne((element) => element === title, main.children);
  return title && !inside ? [title, ...main.children] : main.children;
}

function readable(html: string): { content: string; title: string; length: number } | undefined {
  try {
    const { document } = parseHTML(html);
    const article = new Readability(document, { charThreshold: MIN_CHARACTERS, disableJSONLD: true }).parse();
    return article?.content ? { content: article.content, title: article.title ?? "", length: squeezed(article.textContent ?? "") } : undefined;
  } catch {
    return undefined; // Too deep or too odd for it: the page is read whole.
  }
}

function describe(nodes: DomElement["children"], metadata: { title?: string | undefined; author?: string | undefined; created?: string | undefined; modified?: string | undefined }): void {
  const title = DomUtils.getElementsByTagName("title", nodes, true, 1)[0];
  const meta = new Map<string, string>();
  for (const { attribs } of DomUtils.getElementsByTagName("meta", nodes, true, 200)) {
    const key = (attribs.name ?? attribs.property ?? attribs.itemprop ?? "").toLowerCase();
    if (key && attribs.content && !meta.has(key)) meta.set(key, attribs.content);
  }
  metadata.title = meta.get("og:title") ?? (title ? DomUtils.textContent(title) : undefined);
  metadata.author = meta.get("author") ?? meta.get("dc.creator") ?? meta.get("article:author");
  metadata.created = meta.get("article:published_time") ?? meta.get("date") ?? meta.get("dc.date") ?? meta.get("datepublished");
  metadata.modified = meta.get("article:modified_time") ?? meta.get("last-modified") ?? meta.get("datemodified");
}
