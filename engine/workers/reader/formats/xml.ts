import { DomUtils } from "htmlparser2";
import type { DocumentBuilder } from "../blocks.ts";
import { readHtml, textContent, type DomElement } from "../html-blocks.ts";
import { textOf, type FormatReader } from "../source.ts";
import { elements, localName, parseXml } from "../xml-tree.ts";
import { Refusal } from "../refusal.ts";

const MAX_DEPTH = 40;
const RECORD_CHARACTERS = 2000;

/** XML: feeds entry by entry; documents by their elements, with their names as headings; flat elements as records "name: value". */
export const readXml: FormatReader = ({ source, out }) => {
  const root = elements(parseXml(textOf(source)))[0];
  if (!root) throw new Refusal("no-text", "The XML file has no elements.");
  if (localName(root) === "rss" || localName(root) === "RDF" || localName(root) === "feed") readFeed(out, root);
  if (out.isEmpty) readElement(out, root, 0);
};

const child = (parent: DomElement, ...names: string[]) => elements(parent).find((element) => names.includes(localName(element)) && !element.name.startsWith("media:"));
const text = (element: DomElement | undefined) => (element ? DomUtils.innerText(element).replace(/\s+/g, " ").trim() : "");

function readFeed(out: DocumentBuilder, root: DomElement): void {
  const channel = child(root, "channel") ?? root;
  out.metadata.title = text(child(channel, "title"));
  out.metadata.modified = text(child(channel, "lastBuildDate", "updated"));
  out.heading(1, text(child(channel, "title")));
  out.text("paragraph", text(child(channel, "description", "subtitle")));
  const items = [...elements(channel), ...(channel === root ? [] : elements(root))].filter((element) => localName(element) === "item" || localName(element) === "entry");
  for (const item of items) {
    if (out.full) return;
    out.heading(2, text(child(item, "title")) || "Untitled");
    const facts = [["date", text(child(item, "pubDate", "published", "updated", "date"))], ["author", text(child(item, "creator", "author"))], ["categories", elements(item).filter((element) => localName(element) === "category").map((element) => text(element) || element.attribs.term || "").join(", ")]];
    out.lines("record", facts.filter(([, value]) => value).map(([key, value]) => `${key}: ${value}`).join("\n"));
    // Feeds carry HTML as escaped text.
    readHtml(out, DomUtils.innerText(child(item, "encoded", "content", "description", "summary") ?? []), { headingShift: 2 });
  }
}

function readElement(out: DocumentBuilder, element: DomElement, depth: number): void {
  if (out.full) return;
  if (depth >= MAX_DEPTH) return out.text("paragraph", textContent(element));
  const children = elements(element);
  if (children.length === 0 || isMixed(element)) return out.text("paragraph", labelled(element));
  if (isRecord(children) && recordLength(element) <= RECORD_CHARACTERS) return out.lines("record", record(element));
  const level = Math.min(depth + 1, 6);
  out.closeHeadings(level);
  const title = child(element, "title", "name", "head", "heading");
  out.heading(level, title ? text(title) : withId(element));
  let loose: DomElement[] = [];
  const flush = () => {
    out.lines("record", loose.map(line).filter(Boolean).join("\n"));
    loose = [];
  };
  for (const part of children) {
    if (part === title) continue;
    if (elements(part).length === 0 && text(part).length < 200 && !/^(p|para|simpara|li)$/.test(localName(part))) loose.push(part);
    else {
      flush();
      readElement(out, part, depth + 1);
      out.closeHeadings(level + 1);
    }
  }
  flush();
}

/** Text and elements side by side: running text with marks in it. */
const isMixed = (element: DomElement) => element.children.some((node) => node.type === "text" && node.data.trim() !== "");
const isRecord = (children: readonly DomElement[]) => children.length > 1 && children.every((part) => elements(part).length === 0);
const recordLength = (element: DomElement) => textContent(element).length;

function withId(element: DomElement): string {
  const { id, name, key } = element.attribs;
  return [localName(element), name ?? id ?? key].filter(Boolean).join(" ");
}

const attributes = (element: DomElement) => Object.entries(element.attribs).filter(([key, value]) => value && !key.startsWith("xmlns") && !/schemaLocation$/.test(key));

function line(element: DomElement): string {
  const values = [text(element), ...attributes(element).map(([key, value]) => `${key} ${value}`)].filter(Boolean);
  return values.length > 0 ? `${localName(element)}: ${values.join(", ")}` : "";
}

function record(element: DomElement): string {
  return [...attributes(element).map(([key, value]) => `${key}: ${value}`), ...elements(element).map(line)].filter(Boolean).join("\n");
}

/** A paragraph speaks for itself; a lone value needs its name. */
function labelled(element: DomElement): string {
  const content = textContent(element);
  return content.trim().length > 80 || /^(p|para|simpara|li|title|text|body|description)$/.test(localName(element)) || isMixed(element) ? content : line(element);
}
