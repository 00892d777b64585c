import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import type { Page } from "tesseract.js";
import { LorekeepError } from "../../base/errors.ts";
import { languageFile } from "../language-file.ts";

/** What a page comes out as: the parts of tesseract.js's own type that are asked for, and its pixel size. */
export type ReadPage = Pick<Page, "blocks"> & { readonly rotateRadians: number; readonly width: number; readonly height: number };

/** tesseract.js's worker script, which its types do not know: it answers packets through a callback. */
interface WorkerScript {
  setAdapter(adapter: Record<string, unknown>): void;
  dispatchHandlers(packet: { jobId: string; workerId: string; action: string; payload: unknown }, send: (reply: { status: string; data: unknown }) => void): void;
}

/** LSTM only: the language data in the box holds no older engine. */
const LSTM_ONLY = 1;

/**
 * tesseract.js in this very process. Its own way, a thread, would begin outside the closed network of the worker and could fetch language
 * data; here every file it wants is handed to it. The plain SIMD build for everyone: relaxed SIMD may read differently on another machine.
 */
export class Tesseract {
  private readonly require = createRequire(import.meta.url);
  private script: WorkerScript | undefined;
  private languages = "";

  /** @throws LorekeepError UNSUPPORTED for a language whose data is not there. */
  async speak(languages: readonly string[], folder: string): Promise<void> {
    const wanted = languages.join("+");
    if (this.languages === wanted) return;
    const data = await Promise.all(languages.map(async (code) => ({ code, data: await this.languageData(code, folder) })));
    if (!this.script) await this.start();
    // Until the new ones are there it can read nothing, the old ones included.
    this.languages = "";
    const options = { cacheMethod: "none", gzip: true, lstmOnly: true };
    await this.ask("loadLanguage", { langs: data, options });
    await this.ask("initialize", { langs: wanted, oem: LSTM_ONLY });
    this.languages = wanted;
  }

  /** @param png a PNG file; text that leans is set upright before it is read. */
  async read(png: Buffer): Promise<ReadPage> {
    const page = await this.ask("recognize", { image: new Uint8Array(png), options: { rotateAuto: true }, output: { text: false, blocks: true } });
    // The answer is what tesseract.js types as a page; the size stands at a fixed place of every PNG.
    return { ...(page as ReadPage), width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
  }

  private async start(): Promise<void> {
    this.script = this.require("tesseract.js/src/worker-script/index.js") as WorkerScript;
    this.script.setAdapter({
      getCore: () => Promise.resolve(this.require("tesseract.js-core/tesseract-core-simd-lstm")),
      gunzip: gunzipSync,
      fetch: () => Promise.reject(new Error("Workers of Lorekeep have no network.")),
    });
    await this.ask("load", { options: { lstmOnly: true, corePath: null, logging: false } });
  }

  private async languageData(code: string, folder: string): Promise<Uint8Array> {
    const path = languageFile(code, folder);
    if (path === undefined) {
      throw new LorekeepError("UNSUPPORTED", { reason: `There is no data to recognise text in the language “${code}”.`, next: `Download it in the settings, or put ${code}.traineddata into ${folder}, or take the language out of the settings.` });
    }
    return readFile(path);
  }

  private ask(action: string, payload: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.script?.dispatchHandlers({ jobId: action, workerId: "ocr", action, payload }, ({ status, data }) => {
        if (status === "resolve") resolve(data);
        else if (status === "reject") reject(new Error(String(data)));
      });
    });
  }
}
