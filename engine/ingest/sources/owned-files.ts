import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import type { DocumentRecord } from "../registry/records.ts";

/** Files that belong to the library: uploads and saved pages, each at `<workspace>/files/<documentId>/<name>`. */
export class OwnedFiles {
  private readonly workspace: string;

  constructor(workspace: string) {
    this.workspace = workspace;
  }

  /** The record's part for a file that will be taken over; the move itself comes after the record is safe, see {@link adopt}. */
  planned(documentId: string, name: string, from: string, mediaType?: string): NonNullable<DocumentRecord["owned"]> {
    return { file: `files/${documentId}/${fileName(name)}`, from, ...(mediaType === undefined ? {} : { mediaType }) };
  }

  /** The record's part once the file lies where it belongs. */
  settled({ from: _from, ...owned }: NonNullable<DocumentRecord["owned"]>): NonNullable<DocumentRecord["owned"]> {
    return owned;
  }

  /** Moves the file into the library; doing it again after a crash is harmless. */
  async adopt({ owned }: DocumentRecord): Promise<void> {
    if (owned?.from === undefined) return;
    const to = join(this.workspace, owned.file);
    try {
      await mkdir(dirname(to), { recursive: true });
      if (await isThere(owned.from)) await move(owned.from, to);
    } catch (error) {
      throw fromFileSystem(error, to);
    }
  }

  /** The one file of an upload, which the host streamed to `<workspace>/uploads/<uploadId>/<name>`. */
  async upload(uploadId: string): Promise<{ path: string; name: string }> {
    if (!/^[\w-]+$/.test(uploadId)) throw new LorekeepError("INVALID", { reason: "This is not the name of an upload.", field: "uploadIds" });
    const folder = join(this.workspace, "uploads", uploadId);
    const names = await readdir(folder).catch(() => []);
    const [name] = names;
    if (name === undefined) throw new LorekeepError("NOT_FOUND", { reason: "This upload is not there.", next: "Upload the file again.", field: "uploadIds" });
    return { path: join(folder, name), name };
  }

  async dropUpload(uploadId: string): Promise<void> {
    await rm(join(this.workspace, "uploads", uploadId), { recursive: true, force: true });
  }

  async remove(documentId: string): Promise<void> {
    await rm(join(this.workspace, "files", documentId), { recursive: true, force: true });
  }

  /** Takes away the files of documents that are no longer known. */
  async sweep(isKnown: (id: string) => boolean): Promise<void> {
    const ids = await readdir(join(this.workspace, "files")).catch(() => []);
    for (const id of ids) if (!isKnown(id)) await this.remove(id);
  }
}

/** A name that every file system takes. */
function fileName(name: string): string {
  const safe = Array.from(basename(name), (character) => (/[<>:"/\\|?*]/.test(character) || character < " " ? "_" : character)).join("").replace(/^\.+/, "").slice(-150).trim();
  return safe === "" ? "file" : safe;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}

/** Across file systems a rename is a copy that becomes visible whole. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    await copyFile(from, `${to}.part`);
    await rename(`${to}.part`, to);
    await rm(from, { force: true });
  }
}
