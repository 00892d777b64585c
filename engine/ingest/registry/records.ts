import { z } from "zod";
import { documentFormat, documentReason, extractionWarning } from "../../contract/document.ts";
import { documentOrigin, documentState, id, recognition } from "../../contract/library.ts";

/** A file the library keeps itself: an upload or a saved page. `from` is where it is taken from, until it has been moved. */
const ownedFile = z.object({ /** Relative to the workspace. */ file: z.string(), from: z.string().optional(), mediaType: z.string().optional() });

/** A document as the journal keeps it. Only states that outlive the process are written: what is being read or embedded is queued. */
const documentRecord = z.object({
  id, collectionId: id, path: z.string(), name: z.string(), origin: documentOrigin,
  /** The watched folder it follows. */
  folderId: id.optional(),
  owned: ownedFile.optional(),
  state: documentState, reason: documentReason.optional(), warnings: z.array(extractionWarning),
  private: z.boolean(), tags: z.array(z.string()),
  title: z.string().optional(), format: documentFormat.optional(), pages: z.number().int().optional(), passages: z.number().int(),
  recognition: recognition.optional(),
  /** Size and modification time (milliseconds since 1970) of the bytes that `contentHash` was taken of. */
  sizeBytes: z.number().optional(), modifiedMs: z.number().optional(), contentHash: z.string().optional(),
  added: z.string(), indexed: z.string().optional(),
  /** true while the store may still hold an older path, collection or tags: done again at start. */
  relabel: z.boolean().optional(),
});
export type DocumentRecord = z.infer<typeof documentRecord>;

const collectionRecord = z.object({ id, name: z.string(), private: z.boolean(), created: z.string(), isDefault: z.boolean() });
export type CollectionRecord = z.infer<typeof collectionRecord>;

const folderRecord = z.object({ id, path: z.string(), collectionId: id, private: z.boolean() });
export type FolderRecord = z.infer<typeof folderRecord>;

/** One line of library.jsonl. The last line about a thing wins. */
export const journalLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("library"), version: z.number().int() }),
  z.object({ type: z.literal("document"), value: documentRecord }),
  z.object({ type: z.literal("document-removed"), id }),
  z.object({ type: z.literal("collection"), value: collectionRecord }),
  z.object({ type: z.literal("collection-removed"), id }),
  z.object({ type: z.literal("folder"), value: folderRecord }),
  z.object({ type: z.literal("folder-removed"), id }),
  z.object({ type: z.literal("paused"), value: z.boolean() }),
]);
export type JournalLine = z.infer<typeof journalLine>;

/** The journal's format; a higher one was written by a newer Lorekeep. */
export const JOURNAL_VERSION = 1;
