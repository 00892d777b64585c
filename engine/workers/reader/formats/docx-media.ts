import { Parser } from "htmlparser2";
import { isPicturePart, picturesIn, relatedParts, relationsOf } from "../pictures.ts";
import { resolvePath } from "../xml-tree.ts";
import type { Archive } from "../zip.ts";

/** Wherever the program that wrote the file puts them; only the preview in docProps is none of the document's. */
export const isMedia = (name: string): boolean => isPicturePart(name) && !name.startsWith("docProps/");

/** Text that a tracked change took away, here or to another place. */
const TAKEN_AWAY = /(^|:)(del|moveFrom)$/;
/** Attributes that name a picture's relationship, in drawings and in the older VML. */
const REFERENCES = ["r:embed", "r:link", "r:id"] as const;

/** The pictures of a Word file. Copies are one picture, known by the hash of their bytes. */
export class Media {
  private readonly byHash = new Map<string, string>();
  private readonly archive: Archive;
  private readonly main: string;

  /** @param main the part that holds the text. */
  constructor(archive: Archive, main: string) {
    this.archive = archive;
    this.main = main;
    for (const part of picturesIn(archive.names.filter(isMedia), "")) {
      const hash = archive.hash(part) ?? "";
      if (!this.byHash.has(hash)) this.byHash.set(hash, part);
    }
  }

  get parts(): string[] {
    return [...this.byHash.values()];
  }

  /** The first of the copies of this part; "": none that could be drawn. */
  partOf(name: string): string {
    return this.byHash.get(this.archive.hash(resolvePath("", name)) ?? "none") ?? "";
  }

  /** In headers and footers. */
  running(): string[] {
    const parts = ["header", "footer"].flatMap((type) => relatedParts(this.archive, this.main, type));
    return parts.flatMap((part) => relatedParts(this.archive, part, "image")).map((part) => this.partOf(part));
  }

  /** In deleted text, which is not read. */
  deleted(): string[] {
    const parts = [this.main, ...["footnotes", "endnotes", "comments"].flatMap((type) => relatedParts(this.archive, this.main, type))];
    return parts.flatMap((part) => {
      const relations = relationsOf(this.archive, part);
      return takenAway(this.archive.text(part) ?? "").flatMap((id) => relations.get(id)?.target ?? []).map((name) => this.partOf(name));
    });
  }
}

/** Relationships that are named inside deleted text. */
function takenAway(xml: string): string[] {
  const ids: string[] = [];
  let depth = 0;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (TAKEN_AWAY.test(name)) depth++;
      if (depth > 0) for (const key of REFERENCES) if (attributes[key]) ids.push(attributes[key]);
    },
    onclosetag: (name) => { if (TAKEN_AWAY.test(name)) depth--; },
  }, { xmlMode: true });
  parser.end(xml);
  return ids;
}
