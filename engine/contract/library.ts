import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { block, charRange, documentFormat, documentReason, extractionWarning, pageInfo, rect } from "./document.ts";
import { errorMap } from "./errors.ts";

const base = oc.errors(errorMap);
export const id = z.string().min(1).max(128);

/** A named set of documents. `private` keeps its documents out of answers until unlocked for a conversation. */
export const collection = z.object({
  id, name: z.string().min(1).max(200), private: z.boolean(), created: z.string(),
  documents: z.number().int(), passages: z.number().int(), isDefault: z.boolean(),
});
export type Collection = z.infer<typeof collection>;

export const documentStates = ["queued", "reading", "embedding", "indexed", "recognising", "failed", "cancelled"] as const;
/** "recognising": all its text is in pictures, so it waits for text recognition; a document with text of its own is "indexed" meanwhile. */
export const documentState = z.enum(documentStates);
export type DocumentState = z.infer<typeof documentState>;

/** How a document came in. A watched folder's documents follow the folder; the others stay until removed. */
export const documentOrigin = z.enum(["file", "folder", "upload", "web"]);

/**
 * How far the text in a document's pictures is recognised. "waiting" is done by itself, "agreed" was asked for by a person, "ask" waits
 * for a person's word because it would take long.
 */
export const recognition = z.object({
  state: z.enum(["waiting", "ask", "agreed", "skipped", "done"]),
  /** Pictures (pages of a scan) in all, and those that are recognised. */
  pictures: z.number().int(), done: z.number().int(),
  /** 0..1, over all recognised words. */
  confidence: z.number().optional(),
  /** Measured on this document, seconds. */
  secondsPerPicture: z.number().optional(),
});
export type Recognition = z.infer<typeof recognition>;

/** A document as the library lists it. */
export const document = z.object({
  id,
  collectionId: id,
  /** Absolute path of the file; for a web page its address; for an upload the name it was uploaded under. */
  path: z.string(),
  name: z.string(),
  title: z.string().optional(),
  format: documentFormat.optional(),
  origin: documentOrigin,
  state: documentState,
  reason: documentReason.optional(),
  warnings: z.array(extractionWarning),
  private: z.boolean(),
  tags: z.array(z.string()),
  sizeBytes: z.number().optional(),
  pages: z.number().int().optional(),
  passages: z.number().int(),
  /** Only for documents with pictures to recognise. */
  recognition: recognition.optional(),
  /** ISO 8601: the file's own modification time, when it was added, when it was indexed. */
  modified: z.string().optional(),
  added: z.string(),
  indexed: z.string().optional(),
});
export type Document = z.infer<typeof document>;

export const documentSort = z.enum(["added", "name", "state", "format", "passages", "pages", "modified", "size"]);

export const queueProgress = z.object({
  paused: z.boolean(),
  /** Documents by state over the current run: a run begins when the queue goes from empty to not empty. */
  waiting: z.number().int(), active: z.number().int(), done: z.number().int(), failed: z.number().int(),
  /** What is being worked on, at most a handful. fraction: 0..1 within the step. */
  current: z.array(z.object({ documentId: id, name: z.string(), step: z.enum(["reading", "embedding", "recognising"]), fraction: z.number() })),
  passagesPerSecond: z.number(),
  /** Seconds to the end, absent while too little is known to be honest. */
  etaSeconds: z.number().optional(),
  /** Text recognition: `asking` waits for a person's word, `waiting` goes on by itself. Pictures are pages; seconds are measured or, before the first, assumed. */
  recognition: z.object({
    waiting: z.object({ documents: z.number().int(), pictures: z.number().int(), seconds: z.number() }),
    asking: z.object({ documents: z.number().int(), pictures: z.number().int(), seconds: z.number() }),
  }).optional(),
});
export type QueueProgress = z.infer<typeof queueProgress>;

export const addResult = z.object({
  added: z.array(document),
  /** Documents that were already there with the same content: nothing to do. */
  unchanged: z.number().int(),
  skipped: z.array(z.object({ path: z.string(), reason: documentReason })),
});

/** A passage as it was cut: what is searched, and shown as a source. */
export const documentPassage = z.object({
  /** 0-based, in the document's order. */
  position: z.number().int(),
  range: charRange, headingPath: z.array(z.string()), page: z.number().int().positive().optional(), text: z.string(),
  /** Of `text` as the embedder counts, its own marks included; title and headings are put in front when it is embedded. */
  tokens: z.number().int(),
});

/** Where the words of a range are drawn: one entry per page. */
export const highlight = z.object({ page: z.number().int(), rects: z.array(rect) });

export const collectionsContract = {
  list: base.output(z.array(collection)),
  create: base.input(z.object({ name: z.string().min(1).max(200), private: z.boolean().default(false) })).output(collection),
  update: base.input(z.object({ id, name: z.string().min(1).max(200).optional(), private: z.boolean().optional() })).output(collection),
  /** Removes the collection with its documents from the index; files on disk are not touched. */
  remove: base.input(z.object({ id })).output(z.void()),
};

export const documentsContract = {
  list: base
    .input(z.object({
      collectionId: id.optional(), states: z.array(documentState).optional(), text: z.string().max(500).optional(),
      sort: documentSort.default("added"), descending: z.boolean().default(true),
      offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(10000).default(200),
    }))
    .output(z.object({ documents: z.array(document), total: z.number().int(), byState: z.record(documentState, z.number().int()) })),
  get: base.input(z.object({ id })).output(document),
  /** Files and folders (folders recursively; hidden files, node_modules and the like left out). `watch` keeps following the folders. Returns when all are queued, not when indexed. */
  add: base
    .input(z.object({ paths: z.array(z.string().min(1)).min(1).max(100000), collectionId: id.optional(), watch: z.boolean().default(false), private: z.boolean().default(false),
      /** Text recognition of these files: "auto" without asking first, "off" not at all. Absent: as the settings say. */
      ocr: z.enum(["auto", "off"]).optional() }))
    .output(addResult),
  /** A web page by its address, because a person asked for it. Only http(s), never private addresses. */
  addPage: base.input(z.object({ url: z.url(), collectionId: id.optional() })).output(document),
  /** Files already streamed to disk by the host's upload route (see cli/serve). */
  addUploads: base.input(z.object({ uploadIds: z.array(id).min(1), collectionId: id.optional() })).output(addResult),
  update: base.input(z.object({ id, private: z.boolean().optional(), collectionId: id.optional(), tags: z.array(z.string().max(100)).max(50).optional() })).output(document),
  remove: base.input(z.object({ ids: z.array(id).min(1) })).output(z.object({ removed: z.number().int() })),
  /** Reads again: failed, cancelled or changed documents. `password` opens an encrypted one; it is kept in memory only. */
  retry: base.input(z.object({ ids: z.array(id).optional(), allFailed: z.boolean().default(false), password: z.string().optional() })).output(z.object({ queued: z.number().int() })),
  /** What the reader found: the blocks that touch the range (or all, in pieces), to show a passage in its document. */
  content: base
    .input(z.object({ id, around: charRange.optional(), fromBlock: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(2000).default(400) }))
    .output(z.object({ blocks: z.array(block), firstBlock: z.number().int(), totalBlocks: z.number().int(), pages: z.array(pageInfo), title: z.string().optional(), format: documentFormat })),
  /** The passages a document was cut into, in order. */
  passages: base
    .input(z.object({ id, from: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(200).default(50) }))
    .output(z.object({ passages: z.array(documentPassage), total: z.number().int() })),
  highlight: base.input(z.object({ id, ranges: z.array(charRange).min(1).max(100) })).output(z.array(highlight)),
  /** How surely the words of each range were recognised in a picture, 0..1; null where they come from the document's own text. */
  recognised: base.input(z.object({ id, ranges: z.array(charRange).min(1).max(1000) })).output(z.array(z.number().nullable())),
  /** A page drawn as PNG (base64), `width` pixels wide. */
  pageImage: base.input(z.object({ id, page: z.number().int().positive(), width: z.number().int().min(16).max(4096) })).output(z.object({ png: z.string(), width: z.number(), height: z.number() })),
};

export const watchedFolder = z.object({ id, path: z.string(), collectionId: id, state: z.enum(["watching", "missing", "off"]), documents: z.number().int() });
export const foldersContract = {
  list: base.output(z.array(watchedFolder)),
  /** Stops following a folder; `forget` also removes its documents. */
  remove: base.input(z.object({ id, forget: z.boolean().default(false) })).output(z.void()),
};

export const queueContract = {
  progress: base.output(queueProgress),
  /** The progress now, then every change, at most a few times a second. */
  watch: base.output(eventIterator(queueProgress)),
  pause: base.output(z.void()),
  resume: base.output(z.void()),
  /** Takes documents out of the queue; what is being read is stopped. Without ids: all. */
  cancel: base.input(z.object({ ids: z.array(id).optional() })).output(z.object({ cancelled: z.number().int() })),
  /** A person's word on text recognition: start it or leave it out. Without ids: all documents that ask. */
  recognise: base.input(z.object({ ids: z.array(id).optional(), start: z.boolean() })).output(z.object({ documents: z.number().int() })),
  /** Resolves when nothing is waiting or active (or the queue is paused). */
  idle: base.output(queueProgress),
};
