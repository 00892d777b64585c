import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { documentReason, extraction, rect } from "../../contract/document.ts";

/** What the reader refuses to go beyond. The process's memory cap and the supervisor's deadline stand behind these. */
export const readerLimits = z.object({
  /** Largest file that is opened, bytes. */
  maxBytes: z.number().int().positive(),
  /** Longest text that is kept, UTF-16 code units; the rest is dropped with a "truncated" warning. */
  maxCharacters: z.number().int().positive(),
  /** Largest total size of an archive's members once inflated, bytes (zip bombs). */
  maxInflatedBytes: z.number().int().positive(),
});
export type ReaderLimits = z.infer<typeof readerLimits>;

export const extractInput = z.object({
  path: z.string(),
  /** Original file name, when `path` is a copy with another name (uploads, web pages). */
  name: z.string().optional(),
  /** Media type said by a server; content decides, this only breaks ties. */
  mediaType: z.string().optional(),
  password: z.string().optional(),
  limits: readerLimits,
});

/** Progress while reading, then exactly one `extracted` or `refused`. A refusal is a value with a reason, never a throw. */
export const readerEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), done: z.number(), total: z.number(), unit: z.enum(["pages", "parts"]) }),
  z.object({ type: z.literal("extracted"), extraction }),
  z.object({ type: z.literal("refused"), reason: documentReason }),
]);
export type ReaderEvent = z.infer<typeof readerEvent>;

export const readerContract = {
  /** File to blocks. The file's type is found from its content first and its name second. */
  extract: oc.input(extractInput).output(eventIterator(readerEvent)),
  /**
   * One PDF page or picture as PNG, `width` pixels wide. With `part`: the image of that name inside an office file, `width` wide but never
   * more than twice its own size. With `area`: that part of a PDF page alone, points, drawn as large as it is on a page of this `width`. `turn`: degrees by which it is then turned clockwise; the answer's size is that of the turned picture.
   * Base64 of the PNG bytes.
   */
  renderPage: oc
    .input(z.object({ path: z.string(), part: z.string().optional(), page: z.number().int().positive(), area: rect.optional(), width: z.number().int().min(16).max(4096), password: z.string().optional(), turn: z.literal([0, 90, 180, 270]).default(0) }))
    .output(z.object({ png: z.string(), width: z.number(), height: z.number() })),
};
