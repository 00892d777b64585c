import type { DocumentBuilder } from "./blocks.ts";
import { relationships } from "./xml-tree.ts";
import type { Archive } from "./zip.ts";

/** Image formats inside office files that can be drawn; the drawings (EMF, WMF, SVG) cannot. */
const DRAWN = /\.(png|jpe?g|bmp|gif|webp|tiff?)$/i;

export const isPicturePart = (name: string): boolean => DRAWN.test(name);

/** The pictures in one folder of an office container, in the order of their numbers. */
export function picturesIn(names: readonly string[], folder: string): string[] {
  return names.filter((name) => name.startsWith(folder) && isPicturePart(name)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** The parts to which a part of an OOXML package has a relationship of this type; its relationships lie beside it, in `_rels`. */
export function relatedParts(archive: Archive, part: string, type: string): string[] {
  const cut = part.lastIndexOf("/");
  const folder = part.slice(0, Math.max(0, cut));
  return [...relationships(archive.text(`${folder}/_rels/${part.slice(cut + 1)}.rels`), folder).values()].filter((one) => one.type === type).map(({ target }) => target);
}

/**
 * Pictures of a text document, each at the first of its places: what stands there twice is recognised once. Those without a place
 * (in shapes that are not read, backgrounds) come last; those of running headers and footers are left out, as their text is.
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

  leaveOut(parts: readonly string[]): void {
    for (const part of parts) this.seen.add(part);
  }

  /** What is left of these stands at the end. */
  rest(parts: readonly string[]): void {
    for (const part of parts) this.here(part);
  }
}
