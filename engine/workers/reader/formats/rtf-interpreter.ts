import iconv from "iconv-lite";
import type { DocumentBuilder } from "../blocks.ts";
import { addTable, splitHeader } from "../tables.ts";
import { BREAKS, CHARACTERS, CHARSETS, SKIPPED } from "./rtf-words.ts";

/** rtf-stream-parser's tokens; its own types are const enums, which erase to these numbers. 0 `{`, 1 `}`, 2 control, 3 text. */
export interface RtfToken { readonly type: number; readonly word?: string; readonly param?: number; readonly data?: Buffer }

type Destination = "body" | "skip" | "fonts" | "styles" | "info" | "title" | "author" | "created" | "footnote";

/** What a group hands down to the groups inside and takes back at its end. */
interface Group { destination: Destination; font: number; unicodeSkip: number; hidden: boolean; star: boolean }

const MAX_GROUPS = 10_000;

/** Gives RTF tokens their meaning: characters, paragraphs, headings by style or outline level, table rows, footnotes, document info. */
export class RtfInterpreter {
  private readonly out: DocumentBuilder;
  private readonly groups: Group[] = [];
  private group: Group = { destination: "body", font: 0, unicodeSkip: 1, hidden: false, star: false };
  private readonly fonts = new Map<number, string>();
  private readonly headingStyles = new Map<number, number>();
  private codePage = "cp1252";
  private defaultFont = 0;
  private bytes: Buffer[] = [];
  private text = "";
  private toSkip = 0;
  private depthBeyond = 0;
  private paragraph = { level: 0, isListItem: false, inTable: false };
  private cells: string[] = [];
  private rows: string[][] = [];
  private readonly aside = { text: "", style: -1, fontDefined: 0, notes: [] as string[], created: [0, 1, 1, 0, 0] };

  constructor(out: DocumentBuilder) {
    this.out = out;
  }

  take(token: RtfToken): void {
    if (this.out.full) return;
    if (token.type === 0) this.open();
    else if (token.type === 1) this.close();
    else if (token.type === 3) this.literal(token.data ?? Buffer.alloc(0));
    else if (token.word === "'") this.literal(token.data ?? Buffer.alloc(0));
    else this.control(token.word ?? "", token.param);
  }

  finish(): void {
    this.endParagraph();
    this.endTable();
  }

  private open(): void {
    this.flushBytes();
    if (this.groups.length >= MAX_GROUPS) this.depthBeyond++;
    else {
      this.groups.push(this.group);
      this.group = { ...this.group, star: false };
    }
  }

  private close(): void {
    this.flushBytes();
    if (this.depthBeyond > 0) {
      this.depthBeyond--;
      return;
    }
    const ended = this.group;
    this.group = this.groups.pop() ?? ended;
    this.toSkip = 0;
    if (ended.destination !== this.group.destination) this.endDestination(ended.destination);
  }

  private endDestination(destination: Destination): void {
    const text = this.aside.text.trim();
    this.aside.text = "";
    if (destination === "title") this.out.metadata.title = text;
    else if (destination === "author") this.out.metadata.author = text;
    else if (destination === "footnote" && text) {
      this.aside.notes.push(`[${this.aside.notes.length + 1}] ${text}`);
      this.text += `[${this.aside.notes.length}]`;
    } else if (destination === "created") {
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = this.aside.created;
      if (year > 0) this.out.metadata.created = new Date(Date.UTC(year, month - 1, day, hour, minute)).toISOString();
    }
  }

  /** Bytes wait until their code page changes or something else comes: one character may be two escapes. */
  private literal(data: Buffer): void {
    const rest = data.subarray(Math.min(this.toSkip, data.length));
    this.toSkip -= data.length - rest.length;
    if (rest.length > 0 && this.group.destination !== "skip" && !this.group.hidden) this.bytes.push(rest);
  }

  private flushBytes(): void {
    if (this.bytes.length === 0) return;
    const bytes = Buffer.concat(this.bytes);
    this.bytes = [];
    this.characters(iconv.decode(bytes, this.fonts.get(this.group.font) ?? this.codePage));
  }

  private characters(text: string): void {
    const { destination } = this.group;
    if (destination === "body") this.text += text;
    else if (destination === "styles") this.styleName(text);
    else if (destination !== "skip" && destination !== "fonts") this.aside.text += text;
  }

  /** "heading 2;" in the style sheet. Word writes the English name whatever language it speaks. */
  private styleName(name: string): void {
    const level = /^heading (\d)/i.exec(name.trim())?.[1] ?? (/^title;/i.test(name.trim()) ? "1" : undefined);
    if (level && this.aside.style >= 0) this.headingStyles.set(this.aside.style, Number(level));
  }

  private control(word: string, param: number | undefined): void {
    if (word === "u") return this.unicode(param ?? 0);
    this.flushBytes();
    const character = CHARACTERS[word];
    if (character !== undefined) return this.toSkip > 0 ? void this.toSkip-- : this.group.hidden ? undefined : this.characters(character);
    if (word === "*") this.group.star = true;
    else if (!this.destination(word)) this.property(word, param);
  }

  private unicode(value: number): void {
    this.flushBytes();
    const code = value < 0 ? value + 0x10000 : value;
    if (!this.group.hidden && code <= 0x10ffff) this.characters(String.fromCharCode(code));
    this.toSkip = this.group.unicodeSkip;
  }

  private destination(word: string): boolean {
    const known: Readonly<Record<string, Destination>> = { fonttbl: "fonts", stylesheet: "styles", info: "info", title: "title", author: "author", creatim: "created", footnote: "footnote" };
    const inInfo = word === "title" || word === "author" || word === "creatim";
    const next = known[word];
    if (next && (!inInfo || this.group.destination === "info")) this.group.destination = next;
    else if (SKIPPED.has(word) || (this.group.star && word !== "shptxt" && word !== "cs")) this.group.destination = "skip";
    else return false;
    this.group.star = false;
    return true;
  }

  private property(word: string, given: number | undefined): void {
    const param = given ?? 0;
    if (BREAKS.has(word)) return this.group.destination === "body" ? this.endParagraph() : this.characters(" ");
    switch (word) {
      case "ansicpg": this.codePage = iconv.encodingExists(`cp${param}`) ? `cp${param}` : "cp1252"; break;
      case "mac": this.codePage = "macintosh"; break;
      case "deff": this.defaultFont = this.group.font = param; break;
      case "f": this.group.destination === "fonts" ? (this.aside.fontDefined = param) : (this.group.font = param); break;
      case "fcharset": this.charset(param); break;
      case "plain": Object.assign(this.group, { font: this.defaultFont, hidden: false }); break;
      case "uc": this.group.unicodeSkip = Math.min(Math.max(param, 0), 16); break;
      case "v": case "deleted": this.group.hidden = given !== 0; break;
      case "pard": this.paragraph = { level: 0, isListItem: false, inTable: false }; break;
      case "s": this.style(param); break;
      case "outlinelevel": if (param >= 0 && param < 9) this.paragraph.level = param + 1; break;
      case "ls": case "ilvl": this.paragraph.isListItem = true; break;
      case "intbl": this.paragraph.inTable = true; break;
      case "cell": case "nestcell": this.endCell(); break;
      case "row": this.endRow(); break;
      default: this.date(word, param);
    }
  }

  private charset(charset: number): void {
    const codePage = CHARSETS[charset];
    if (codePage && iconv.encodingExists(codePage)) this.fonts.set(this.aside.fontDefined, codePage);
  }

  private style(style: number): void {
    if (this.group.destination === "styles") this.aside.style = style;
    else this.paragraph.level = this.headingStyles.get(style) ?? 0;
  }

  private date(word: string, param: number): void {
    const at = ["yr", "mo", "dy", "hr", "min"].indexOf(word);
    if (at >= 0 && this.group.destination === "created") this.aside.created[at] = param;
  }

  private endParagraph(): void {
    this.flushBytes();
    // Inside a table a paragraph ends within its cell.
    if (this.paragraph.inTable) {
      this.text += " ";
      return;
    }
    const text = this.text;
    this.text = "";
    if (!text.trim()) return;
    this.endTable();
    if (this.paragraph.level > 0) this.out.heading(this.paragraph.level, text);
    else this.out.text(this.paragraph.isListItem ? "list-item" : "paragraph", text);
    for (const note of this.aside.notes.splice(0)) this.out.text("footnote", note);
  }

  private endCell(): void {
    this.cells.push(this.text.trim());
    this.text = "";
  }

  private endRow(): void {
    if (this.cells.length > 0) this.rows.push(this.cells);
    this.cells = [];
  }

  private endTable(): void {
    if (this.rows.length > 0) addTable(this.out, splitHeader(this.rows));
    this.rows = [];
  }
}
