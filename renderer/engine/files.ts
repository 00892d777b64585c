import type { EngineClient } from "../../engine/contract/index.ts";
import { ConnectionLostError, UploadError } from "./failure.ts";
import { shell } from "./shell.ts";

/** Streams a file to the host's upload route. @throws UploadError, ConnectionLostError, AbortError */
export async function upload(file: File, signal?: AbortSignal): Promise<string> {
  const address = new URL("upload", window.location.href);
  address.hash = "";
  address.searchParams.set("name", file.name);
  const response = await fetch(address, { method: "POST", body: file, headers: { "content-type": "application/octet-stream" }, ...(signal ? { signal } : {}) }).catch((error: unknown) => {
    // What fetch throws where nobody answers.
    throw error instanceof TypeError ? new ConnectionLostError() : error;
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && typeof body === "object" && body !== null && "uploadId" in body && typeof body.uploadId === "string") return body.uploadId;
  const said = typeof body === "object" && body !== null ? body : {};
  throw new UploadError({
    reason: "reason" in said && typeof said.reason === "string" ? said.reason : `“${file.name}” could not be uploaded (${response.status}).`,
    next: "next" in said && typeof said.next === "string" ? said.next : undefined,
  });
}

export interface AddTarget { collectionId?: string | undefined; watch?: boolean }
export interface Dropped { /** In the shell: paths of files and folders. */ paths: string[]; /** In a browser: the files themselves. */ files: File[] }

/** What a drop brought. Must be called while the event is handled: the browser empties it afterwards. */
export function readDrop(data: DataTransfer): Promise<Dropped> {
  const host = shell();
  if (host) return Promise.resolve({ paths: Array.from(data.files, (file) => host.pathForFile(file)).filter(Boolean), files: [] });
  const found = Array.from(data.items, (item) => {
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile();
    return entry ? filesUnder(entry) : Promise.resolve(file ? [file] : []);
  });
  return Promise.all(found).then((files) => ({ paths: [], files: files.flat() }));
}

async function filesUnder(entry: FileSystemEntry): Promise<File[]> {
  if (entry.name.startsWith(".")) return [];
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const all: FileSystemEntry[] = [];
  // readEntries hands out at most a hundred at a time and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return (await Promise.all(all.map(filesUnder))).flat();
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Puts what was dropped or chosen into the queue. onProgress counts uploaded files. */
export async function addDropped(engine: EngineClient, dropped: Dropped, target: AddTarget, onProgress?: (done: number, total: number) => void) {
  const collection = target.collectionId ? { collectionId: target.collectionId } : {};
  if (dropped.paths.length > 0) return engine.documents.add({ paths: dropped.paths, watch: target.watch ?? false, ...collection });
  const uploadIds: string[] = [];
  for (const file of dropped.files) {
    uploadIds.push(await upload(file));
    onProgress?.(uploadIds.length, dropped.files.length);
  }
  return engine.documents.addUploads({ uploadIds, ...collection });
}

/** Asks for files or a folder: natively in the shell, with the browser's own dialog otherwise. Empty when the person changed their mind. */
export async function chooseFiles(options: { folders: boolean; accept?: string; multiple?: boolean }): Promise<Dropped> {
  const host = shell();
  if (host) return { paths: await host.chooseFiles({ folders: options.folders }), files: [] };
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = options.multiple ?? true;
    input.webkitdirectory = options.folders;
    if (options.accept) input.accept = options.accept;
    input.addEventListener("change", () => resolve({ paths: [], files: Array.from(input.files ?? []).filter((file) => !file.name.startsWith(".")) }));
    input.addEventListener("cancel", () => resolve({ paths: [], files: [] }));
    input.click();
  });
}
