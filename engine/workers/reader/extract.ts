import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { z } from "zod";
import { isAbort } from "../../base/errors.ts";
import type { DocumentFormat, Extraction } from "../../contract/document.ts";
import { DocumentBuilder } from "./blocks.ts";
import type { extractInput, ReaderEvent } from "./contract.ts";
import { detect } from "./detect.ts";
import { formatReaders } from "./formats/index.ts";
import { corrupt, Refusal } from "./refusal.ts";
import type { ReadContext } from "./source.ts";
import { cleanTitle, isoDate } from "./metadata.ts";

export type ExtractInput = z.infer<typeof extractInput>;
type Progress = Extract<ReaderEvent, { type: "progress" }>;

/** Progress while the file is read, then one `extracted` or `refused`. Throws only when `signal` aborts. */
export async function* extract(input: ExtractInput, signal: AbortSignal): AsyncGenerator<ReaderEvent, void, void> {
  let latest: Progress | undefined;
  let wake: () => void = () => undefined;
  const progress: ReadContext["progress"] = (done, total, unit) => {
    latest = { type: "progress", done, total, unit };
    wake();
  };
  let last: ReaderEvent | undefined;
  const work = read(input, signal, progress).then((event) => { last = event; });
  while (!last) {
    await Promise.race([work, new Promise<void>((resolve) => { wake = resolve; })]);
    if (latest) yield latest;
    latest = undefined;
  }
  yield last;
}

async function read(input: ExtractInput, signal: AbortSignal, progress: ReadContext["progress"]): Promise<ReaderEvent> {
  try {
    return { type: "extracted", extraction: await extractFile(input, signal, progress) };
  } catch (error) {
    signal.throwIfAborted();
    if (isAbort(error)) throw error;
    if (error instanceof Refusal) return { type: "refused", reason: error.reason };
    return { type: "refused", reason: { ...corrupt("The file").reason, message: `The file is damaged and cannot be read (${shortly(error)}).` } };
  }
}

async function extractFile(input: ExtractInput, signal: AbortSignal, progress: ReadContext["progress"]): Promise<Extraction> {
  const bytes = await load(input, signal);
  const name = input.name ?? basename(input.path);
  const { format, mediaType, decoded } = await detect({ bytes, name, mediaType: input.mediaType });
  const out = new DocumentBuilder(input.limits.maxCharacters);
  if (decoded) out.metadata.encoding = decoded.encoding;
  if (decoded?.guessed) out.warn("encoding-guessed", `The file does not say how its characters are encoded; ${decoded.encoding} was the best guess.`);
  const source = {
    bytes, name, format, limits: input.limits,
    ...(decoded ? { text: decoded.text } : {}),
    ...(input.mediaType === undefined ? {} : { mediaType: input.mediaType }),
    ...(input.password === undefined ? {} : { password: input.password }),
  };
  await formatReaders[format]({ source, out, signal, progress });
  signal.throwIfAborted();
  if (out.hasNothing) throw withoutText(out);
  return { format, mediaType, ...describe(out, format), ...out.finish() };
}

function withoutText(out: DocumentBuilder): Refusal {
  if (!out.allPagesWithoutText) return new Refusal("no-text", "The file holds no text.");
  const whose = out.pageCount === 1 ? "The page has no text layer" : `None of the ${out.pageCount} pages has a text layer`;
  return new Refusal("no-text-layer", `${whose}, nor a picture in which text could be recognised.`, "Add a PDF whose text can be selected.");
}

const PROSE: ReadonlySet<DocumentFormat> = new Set<DocumentFormat>(["pdf", "docx", "pptx", "odt", "html", "markdown", "text", "epub", "rtf", "ipynb", "eml", "msg"]);

function describe(out: DocumentBuilder, format: DocumentFormat): Partial<Pick<Extraction, "title" | "author" | "created" | "modified" | "encoding">> {
  const { metadata } = out;
  const found = {
    // A sheet's or table's name is no title.
    title: cleanTitle(metadata.title) ?? (PROSE.has(format) ? cleanTitle(out.firstHeading) : undefined),
    author: cleanTitle(metadata.author),
    created: isoDate(metadata.created),
    modified: isoDate(metadata.modified),
    encoding: metadata.encoding,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

async function load({ path, limits }: ExtractInput, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new Refusal("unsupported", "This is not a file.");
    if (info.size > limits.maxBytes) throw tooLarge(info.size, limits.maxBytes);
    const bytes = await readFile(path, { signal });
    // It may have grown between the two calls.
    if (bytes.length > limits.maxBytes) throw tooLarge(bytes.length, limits.maxBytes);
    return bytes;
  } catch (error) {
    if (error instanceof Refusal || isAbort(error)) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") throw new Refusal("missing", "The file is no longer there.");
    throw new Refusal("unreadable", `The file cannot be opened (${code || shortly(error)}).`, "Check its permissions and whether its disk is connected.");
  }
}

const tooLarge = (size: number, limit: number) =>
  new Refusal("too-large", `The file has ${megabytes(size)} MB; ${megabytes(limit)} MB is the limit.`, "Split it, or raise the limit in the settings.");
const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);

function shortly(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 160) ?? "";
}
