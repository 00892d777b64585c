import { relationsFile } from "../pictures.ts";
import type { Archive } from "../zip.ts";

/** What mammoth asks of a container. */
export interface MammothPackage {
  exists(name: string): boolean;
  read(name: string, encoding?: string): Promise<string | Uint8Array>;
}

const TAG_END = String.raw`(?:\s(?:"[^"]*"|'[^']*'|[^<>"'])*)?\/?>`;
/** Around text that mammoth would leave out with them: simple fields (numbers of captions, merged letters), text under ruby, writing directions, equations. */
const AROUND_TEXT = new RegExp(String.raw`<\/?(?:w:(?:fldSimple|ruby|rubyBase|bdo|dir)|m:(?!t[\s>/])\w+)${TAG_END}`, "g");
const EQUATION_TEXT = new RegExp(String.raw`<m:t${TAG_END}([^<]*)<\/m:t>`, "g");
const OVAL = /(<\/?v:)oval\b/g;
const REFERENCE = /\sr:(?:embed|link|id)=["']([^"']*)["']/g;

/**
 * The container as mammoth reads it, without unpacking it twice. The tags of elements that mammoth does not know and drops with the text in them
 * are taken away (https://github.com/mwilliamson/mammoth.js/issues/158; until it reads them itself), and so are references to what is not there, for
 * which it gives up the whole document. A picture is handed out as its own name, since mammoth hands on a picture's bytes alone.
 */
export function packageOf(archive: Archive): MammothPackage {
  const names = new Set(archive.names);
  return {
    exists: (name) => names.has(name),
    read: (name, encoding) => Promise.resolve(encoding === undefined ? Buffer.from(name) : readable(archive, name)),
  };
}

function readable(archive: Archive, name: string): string {
  const relations = archive.text(relationsFile(name)) ?? "";
  const known = new Set(Array.from(relations.matchAll(/\bId\s*=\s*["']([^"']*)["']/g), ([, id]) => id));
  const xml = (archive.text(name) ?? "").replace(REFERENCE, (reference, id: string) => (known.has(id) ? reference : ""));
  return xml.replace(EQUATION_TEXT, '<w:r><w:t xml:space="preserve">$1</w:t></w:r>').replace(AROUND_TEXT, "").replace(OVAL, "$1rect");
}
