import type { DocumentBuilder } from "./blocks.ts";
import { relationships, resolvePath } from "./xml-tree.ts";
import type { Archive } from "./zip.ts";

/** Image formats inside office files that can be drawn; the drawings (EMF, WMF, SVG) cannot. */
const DRAWN = /\.(png|jpe?g|bmp|gif|webp|tiff?)$/i;

export const isPicturePart = (name: string): boolean => DRAWN.test(name);

/** The pictures in one folder of an office container, in the order of their numbers. */
export function picturesIn(names: readonly string[], folder: string): string[] {
  return names.filter((name) => name.startsWith(folder) && isPicturePart(name)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

const folderOf = (part: string): string => part.slice(0, Math.max(0, part.lastIndexOf("/")));

/** Where the relationships of a part of an OOXML package lie; of the package itself for "". */
export const relationsFile = (part: string): string => resolvePath(folderOf(part), `_rels/${part.slice(part.lastIndexOf("/") + 1)}.rels`);

/** The relationships of a part by their id. */
export const relationsOf = (archive: Archive, part: string): ReturnType<typeof relationships> => relationships(archive.text(relationsFile(part)), folderOf(part));

/** The parts to which a part of an OOXML package has a relationship of this type. */
export function relatedParts(archive: Archive, part: string, type: string): string[] {
  return [...relationsOf(archive, part).values()].filter((one) => one.type === type).map(({ target }) => target);
}

/** The pictures of a whole document, and which of them stand where its text is not read. */
interface AllPictures { readonly all: readonly string[]; /** In running headers and footers. */ readonly running: readonly string[]; readonly deleted: readonly string[] }

/**
 * Pictures of a text document, each at the first of its places: what stands there twice is recognised once. Those without a place
 * (in shapes that are not read, backgrounds) come last; those of deleted text and of running headers and footers are left out, as their text is,
 * unless a document has nothing but such a header.
 */
export class PlacedPictures {
  private readonly seen = new Set<string>();
  private readonly out: DocumentBuilder;

  constructor(out: DocumentBuilder) {
    this.out = out;
  }

  /** Behind what was added last. */
  here(part: string): void {
    if (!isPicturePart(part) || this.seen.has(part)) return;
    this.seen.add(part);
    this.out.pictureHere(part);
  }

  /** Once the text is read: what is left stands at the end. */
  finish({ all, running, deleted }: AllPictures): void {
    for (const part of [...running, ...deleted]) this.seen.add(part);
    for (const part of all) this.here(part);
    if (!this.out.hasNothing) return;
    for (const part of running) {
      this.seen.delete(part);
      this.here(part);
    }
  }
}
