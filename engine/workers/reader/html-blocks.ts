import { DomUtils, parseDocument } from "htmlparser2";
import type { DocumentBuilder } from "./blocks.ts";
import { readHtmlTable } from "./html-tables.ts";
import { flattenIfTooDeep } from "./markup-depth.ts";

type DomDocument = ReturnType<typeof parseDocument>;
export type DomNode = DomDocument["children"][number];
export type DomElement = Extract<DomNode, { attribs: unknown }>;

const DROPPED = new Set(
  ("script style noscript template svg canvas iframe object embed head button select option input textarea audio video map dialog meta link title").split(" "),
);
const INLINE = new Set(
  ("a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math nobr q rp rt ruby s samp small span strike strong sub sup time tt u var wbr").split(" "),
);
/** Deeper than any page a person made; below it only the text is taken, without recursion. */
const MAX_DEPTH = 200;

export interface HtmlOptions {
  /** Elements to leave out, menus for example. */
  readonly skip?: (element: DomElement) => boolean;
  /** Added to the level of every heading: 1 below a chapter title. */
  readonly headingShift?: number;
  /** Headings found in the text; false where the text stands under headings of its own format. */
  readonly headings?: boolean;
  /** Told of every img when the block in whose text it stands has been added. */
  readonly picture?: (img: DomElement) => void;
}

type TextKind = "paragraph" | "list-item" | "quote" | "caption" | "footnote";
interface Place { readonly kind: TextKind; readonly depth: number; /** "3. " of an ordered list's item, used up by its first text. */ readonly mark: { text: string } }

/** HTML to blocks: headings, paragraphs, lists, tables by rows, code, quotes. Scripts, styles and form controls are left out. */
export function readHtml(out: DocumentBuilder, html: string, options: HtmlOptions = {}): void {
  readHtmlNodes(out, parseDocument(flattenIfTooDeep(html)).children, options);
}

export function readHtmlNodes(out: DocumentBuilder, nodes: readonly DomNode[], options: HtmlOptions = {}): void {
  const walker = new HtmlWalker(out, options);
  walker.children(nodes, { kind: "paragraph", depth: 0, mark: { text: "" } });
}

class HtmlWalker {
  private inline = "";
  private pictures: DomElement[] = [];
  private readonly out: DocumentBuilder;
  private readonly options: HtmlOptions;

  constructor(out: DocumentBuilder, options: HtmlOptions) {
    this.out = out;
    this.options = options;
  }

  /** Inline content is gathered until a block begins or ends; then it is one block of the place's kind. */
  children(nodes: readonly DomNode[], place: Place): void {
    for (const node of nodes) {
      if (this.out.full) return;
      this.node(node, place);
    }
    this.flush(place);
  }

  private node(node: DomNode, place: Place): void {
    if ("data" in node) {
      // Line ends of the source are spaces; only <br> breaks a line.
      if (node.type === "text") this.inline += node.data.replace(/\s+/g, " ");
      return;
    }
    if (!("attribs" in node)) {
      if ("children" in node) this.children(node.children, { ...place, depth: place.depth + 1 });
      return;
    }
    if (DROPPED.has(node.name) || isHidden(node) || this.options.skip?.(node)) return;
    if (place.depth > MAX_DEPTH) {
      this.inline += ` ${textContent(node)} `;
      this.hang([node]);
      return;
    }
    if (node.name === "br") this.inline += "\n";
    else if (INLINE.has(node.name) && !holdsBlocks(node)) {
      this.inline += inlineText(node);
      this.hang([node]);
    } else {
      this.flush(place);
      this.block(node, { ...place, depth: place.depth + 1 });
    }
  }

  private flush(place: Place): void {
    const text = this.inline;
    this.inline = "";
    if (text.trim()) this.text(text, place);
    this.release();
  }

  /** Pictures in these elements wait for the block that is being gathered. */
  private hang(elements: readonly DomElement[]): void {
    if (!this.options.picture) return;
    for (const element of elements) this.pictures.push(...DomUtils.getElementsByTagName("img", element));
  }

  private release(): void {
    for (const img of this.pictures) this.options.picture?.(img);
    this.pictures = [];
  }

  private passed(elements: readonly DomElement[]): void {
    this.hang(elements);
    this.release();
  }

  private text(text: string, place: Place): void {
    const mark = place.mark.text;
    place.mark.text = "";
    // Empty lines made of line breaks are how old pages and mails write paragraphs.
    const [first = "", ...rest] = text.split(/\n *\n/).filter((part) => part.trim());
    this.out.text(place.kind, mark + first);
    for (const part of rest) this.out.text(place.kind, part);
  }

  private block(element: DomElement, place: Place): void {
    const { name } = element;
    const heading = /^h([1-6])$/.exec(name);
    if (heading && this.options.headings !== false) {
      this.out.heading(Number(heading[1]) + (this.options.headingShift ?? 0), textContent(element));
      this.passed([element]);
    } else if (name === "pre" || name === "listing") {
      this.out.lines("code", textContent(element, { lineBreak: "\n", preserve: true }));
      this.passed([element]);
    } else if (name === "table") readHtmlTable(this.out, element, { asBlocks: (nodes) => this.children(nodes, place), passed: (elements) => this.passed(elements) });
    else if (name === "ul" || name === "ol" || name === "menu") this.list(element, place);
    else if (name === "blockquote") this.children(element.children, { ...place, kind: "quote" });
    else if (name === "figcaption" || name === "caption") this.children(element.children, { ...place, kind: "caption" });
    else if (name === "dt" || name === "dd" || name === "li") this.children(element.children, { ...place, kind: "list-item" });
    else this.children(element.children, place);
  }

  private list(list: DomElement, place: Place): void {
    let number = Number(list.attribs.start ?? 1) || 1;
    for (const child of list.children) {
      if (!("attribs" in child) || child.name !== "li") {
        this.node(child, place);
        continue;
      }
      const footnote = isFootnote(child);
      const mark = { text: list.name === "ol" ? (footnote ? `[${number}] ` : `${number}. `) : "" };
      this.flush(place);
      this.children(child.children, { kind: footnote ? "footnote" : "list-item", depth: place.depth + 1, mark });
      number++;
    }
  }
}

/** mammoth's footnotes and endnotes, and the pattern most converters share. */
function isFootnote(item: DomElement): boolean {
  return /^(footnote|endnote|fn|user-content-fn)[-:]?/i.test(item.attribs.id ?? "");
}

function isHidden({ attribs }: DomElement): boolean {
  return "hidden" in attribs || /display:\s*none|visibility:\s*hidden/i.test(attribs.style ?? "");
}

/** An inline element that wraps blocks, as a link around a card does, is a block itself. */
function holdsBlocks(element: DomElement): boolean {
  const stack: DomNode[] = [...element.children];
  for (let seen = 0; stack.length > 0 && seen < 200; seen++) {
    const node = stack.pop();
    if (!node || !("attribs" in node)) continue;
    if (!INLINE.has(node.name) && !DROPPED.has(node.name) && node.name !== "br") return true;
    stack.push(...node.children);
  }
  return false;
}

function inlineText(element: DomElement): string {
  // A footnote's way back to its place in the text.
  if (element.name === "a" && /^#(footnote|endnote|comment)-ref|^#fnref|^#user-content-fnref/.test(element.attribs.href ?? "")) return "";
  return textContent(element, { lineBreak: "\n" });
}

const SEPARATED = new Set("p div li tr td th h1 h2 h3 h4 h5 h6 section article dd dt blockquote".split(" "));

/** All text below an element, in order, without recursion; a block's text is set apart by a space. `preserve` keeps the source's own white space. */
export function textContent(element: DomNode, { lineBreak = " ", preserve = false } = {}): string {
  const parts: string[] = [];
  const stack: (DomNode | string)[] = [element];
  while (stack.length > 0) {
    const node = stack.pop();
    if (node === undefined) break;
    if (typeof node === "string") parts.push(node);
    else if ("data" in node) parts.push(node.type !== "text" ? "" : preserve ? node.data : node.data.replace(/\s+/g, " "));
    else if ("children" in node) {
      const name = "name" in node ? node.name : "";
      if (DROPPED.has(name) || ("attribs" in node && node !== element && isHidden(node))) continue;
      if (name === "br") parts.push(lineBreak);
      if (SEPARATED.has(name)) stack.push(" ");
      for (let i = node.children.length - 1; i >= 0; i--) {
        const child = node.children[i];
        if (child) stack.push(child);
      }
      if (SEPARATED.has(name)) parts.push(" ");
    }
  }
  return parts.join("");
}
