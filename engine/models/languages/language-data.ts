import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import writeFileAtomic from "write-file-atomic";
import { fromFileSystem, isAbort, LorekeepError } from "../../base/errors.ts";
import type { Network } from "../../base/network.ts";
import { languageName, recognitionLanguageCodes } from "../../base/recognition-languages.ts";
import type { RecognitionLanguage } from "../../contract/languages.ts";
import { builtInLanguageFile, downloadedLanguageFile, languageFolder, ownLanguageFile } from "../../workers/language-file.ts";
import { transferFile } from "../download.ts";
import { removePartial } from "../partial.ts";
import { languagePackage, requestOptions } from "./registry.ts";
import { fileInTar } from "./tar.ts";

export interface LanguageDataOptions {
  readonly workspace: string;
  readonly network: Pick<Network, "fetch">;
  readonly registry: () => string;
  /** Something about the languages that are here has changed. */
  readonly changed: () => void;
  readonly retryMs?: number;
}

/** Of packages whose size was looked up; bytes. */
const downloadBytes: Readonly<Record<string, number>> = { fra: 6_959_264, ita: 8_567_364, por: 8_124_452, spa: 10_436_372 };
const LIMITS = { fileBytes: 40 * 2 ** 20, totalBytes: 160 * 2 ** 20 };
/** Unpacked data of one language; the largest are about 15 MB. */
const MAX_DATA_BYTES = 128 * 2 ** 20;

/**
 * The data with which text is recognised: two languages are in the box, others are fetched because a person asked, whole and right by their
 * package's sha-512 before anything of it is looked at, and kept in `<workspace>/languages`.
 */
export class LanguageData {
  private readonly options: LanguageDataOptions;
  private readonly folder: string;
  private readonly received = new Map<string, number>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();

  constructor(options: LanguageDataOptions) {
    this.options = options;
    this.folder = languageFolder(options.workspace);
  }

  changed(): void {
    this.options.changed();
  }

  /** @param used as in the settings. */
  async list(used: readonly string[]): Promise<RecognitionLanguage[]> {
    const own = (await readdir(this.folder).catch(() => [])).flatMap((name) => /^([a-zA-Z_]{3,12})\.traineddata(\.gz)?$/.exec(name)?.[1] ?? []);
    const codes = [...new Set([...recognitionLanguageCodes, ...own, ...used])];
    const all = await Promise.all(codes.map((code) => this.describe(code, used)));
    const isHere = ({ state }: RecognitionLanguage) => state === "built-in" || state === "installed";
    return all.sort((a, b) => Number(isHere(b)) - Number(isHere(a)) || a.name.localeCompare(b.name, "en"));
  }

  async describe(code: string, used: readonly string[]): Promise<RecognitionLanguage> {
    const own = ownLanguageFile(code, this.folder);
    const path = own ?? builtInLanguageFile(code);
    const received = this.received.get(code);
    const known = downloadBytes[code];
    return {
      code, name: languageName(code), isUsed: used.includes(code),
      state: received !== undefined ? "downloading" : own ? "installed" : path ? "built-in" : "available",
      ...(path === undefined ? {} : { sizeBytes: (await stat(path)).size }),
      ...(path === undefined && known !== undefined ? { downloadBytes: known } : {}),
      ...(received === undefined ? {} : { receivedBytes: received }),
    };
  }

  /** Nothing happens where the data are there. Two calls for one language are one download, which the first of them stops. @throws LorekeepError NOT_FOUND, DOWNLOAD_FAILED, FORBIDDEN_ADDRESS, INVALID, TOO_LARGE, NO_SPACE; AbortError. */
  async download(code: string, signal?: AbortSignal): Promise<void> {
    if (ownLanguageFile(code, this.folder) ?? builtInLanguageFile(code)) return;
    if (!recognitionLanguageCodes.includes(code)) throw new LorekeepError("NOT_FOUND", { reason: `There are no data to recognise text in “${code}”.`, next: "Choose a language from the list.", field: "code" });
    let running = this.running.get(code);
    if (!running) {
      running = this.bring(code, signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal).finally(() => {
        this.running.delete(code);
        this.received.delete(code);
        this.options.changed();
      });
      this.running.set(code, running);
    }
    await running;
  }

  /** What is in the box stays. */
  async remove(code: string): Promise<void> {
    if (this.running.has(code)) throw new LorekeepError("BUSY", { reason: `${languageName(code)} is being downloaded.`, next: "Stop the download first." });
    for (let path = ownLanguageFile(code, this.folder); path; path = ownLanguageFile(code, this.folder)) {
      await rm(path).catch((error: unknown) => { throw fromFileSystem(error, basename(path ?? "")); });
    }
    this.options.changed();
  }

  async dispose(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.running.values());
  }

  private async bring(code: string, signal: AbortSignal): Promise<void> {
    const { network, registry, changed, retryMs } = this.options;
    const options = { network, registry: registry(), signal, ...(retryMs === undefined ? {} : { retryMs }) };
    this.received.set(code, 0);
    changed();
    await mkdir(this.folder, { recursive: true }).catch((error: unknown) => { throw fromFileSystem(error, this.folder); });
    const info = await languagePackage(code, options);
    const archive = join(this.folder, `${code}.tgz`);
    try {
      await transferFile(info, archive, {
        ...requestOptions(options),
        onProgress: ({ receivedBytes }) => {
          this.received.set(code, receivedBytes);
          changed();
        },
      });
      const data = await unpacked(archive, code);
      await writeFileAtomic(downloadedLanguageFile(code, this.folder), data).catch((error: unknown) => { throw fromFileSystem(error, this.folder); });
    } catch (error) {
      // What was merely cut or stopped goes on with the next click; anything else begins anew.
      if (!isAbort(error) && !(error instanceof LorekeepError && error.code === "DOWNLOAD_FAILED")) await removePartial(archive);
      throw error;
    } finally {
      await rm(archive, { force: true });
    }
  }
}

/** The data of a language out of its package; gzip stays around them, as the recogniser takes them. */
async function unpacked(archive: string, code: string): Promise<Buffer> {
  // An error on the way out of either stream is thrown where the other is read.
  const tar = pipeline(createReadStream(archive), createGunzip(), () => undefined);
  try {
    const data = await fileInTar(tar, `package/4.0.0_best_int/${code}.traineddata.gz`, LIMITS);
    gunzipSync(data, { maxOutputLength: MAX_DATA_BYTES });
    return data;
  } catch (error) {
    if (error instanceof LorekeepError) throw error;
    throw new LorekeepError("INVALID", { reason: "The package is not what it should be: it cannot be unpacked.", detail: String(error) }, { cause: error });
  } finally {
    tar.destroy();
  }
}
