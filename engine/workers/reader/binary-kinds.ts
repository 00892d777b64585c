import { Refusal } from "./refusal.ts";

const UNPACK = "Unpack it and add the folder.";
const SAVE_AS = (format: string) => `Save it as ${format} in its own program and add that.`;

/** What people call the kinds of file that hold no text we read. */
const KINDS: Readonly<Record<string, readonly [string, string?]>> = {
  zip: ["A ZIP archive", UNPACK], rar: ["A RAR archive", UNPACK], "7z": ["A 7-Zip archive", UNPACK], gz: ["A gzip archive", UNPACK],
  tar: ["A TAR archive", UNPACK], bz2: ["A bzip2 archive", UNPACK], xz: ["An XZ archive", UNPACK], zst: ["A Zstandard archive", UNPACK],
  doc: ["An old Word document (.doc)", SAVE_AS("DOCX")], ppt: ["An old PowerPoint presentation (.ppt)", SAVE_AS("PPTX")],
  cfb: ["An old Office file of an unknown kind", SAVE_AS("a current format")], mobi: ["A Kindle book", "Add the EPUB or PDF edition."],
  exe: ["A Windows program"], elf: ["A Linux program"], macho: ["A macOS program"], wasm: ["A WebAssembly program"],
  ps: ["A PostScript file", "Convert it to PDF and add that."], eps: ["A PostScript drawing", "Convert it to PDF and add that."],
  odp: ["An OpenDocument presentation", "Save it as PPTX or PDF and add that."], odg: ["An OpenDocument drawing", "Save it as PDF and add that."],
  parquet: ["A Parquet table", "Export it as CSV and add that."], arrow: ["An Arrow table", "Export it as CSV and add that."],
};

/** @throws always: what the file is and what would help. */
export function refuseBinary(mime: string, extension: string): never {
  throw new Refusal("unsupported", ...kind(mime, extension));
}

/** @returns the refusal for bytes that are no known type and no text. */
export function unknownBinary(name: string): Refusal {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1];
  return new Refusal("unsupported", `A binary file of an unknown kind${extension ? ` (.${extension.toLowerCase()})` : ""}: it holds no text.`);
}

function kind(mime: string, extension: string): [string, string?] {
  const known = KINDS[extension];
  if (known) return [`${known[0]}.`, ...(known[1] ? [known[1]] : [])] as [string, string?];
  const name = extension.toUpperCase();
  const article = /^[AEFHILMNORSX]/.test(name) ? "An" : "A";
  if (mime.startsWith("image/")) return [`${extension === "jpg" ? "A JPEG" : `${article} ${name}`} image, a kind that cannot be drawn.`, "Save it as PNG or JPEG and add that."];
  if (mime.startsWith("audio/")) return [`${article} ${name} sound file; speech is not transcribed.`, "Add a transcript."];
  if (mime.startsWith("video/")) return [`${article} ${name} video; speech is not transcribed.`, "Add a transcript."];
  if (mime.startsWith("font/")) return [`${article} ${name} font.`];
  return [`${article} ${name} file (${mime}), a kind that is not read.`];
}
