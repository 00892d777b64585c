import { isAbort, LorekeepError } from "../../base/errors.ts";
import type { PageInfo, Picture, Rect } from "../../contract/document.ts";
import type { WorkerHost } from "../../workers/host.ts";
import { languageFolder } from "../../workers/language-file.ts";
import type { ocrContract, Recognised } from "../../workers/ocr/contract.ts";
import type { readerContract } from "../../workers/reader/contract.ts";
import { Supervisor, type WorkerState } from "../../workers/supervisor.ts";
import type { Source } from "../steps/extract.ts";
import type { IngestLimits } from "../limits.ts";
import { isSuddenDeath } from "../registry/reasons.ts";
import type { RecognisedPicture } from "./page-cache.ts";
import { isRightWayRound, mayLieTurned, OTHER_TURNS, readsBetter, sureLetters, turnedBack, type Turn } from "./turns.ts";

/** Pixels per inch at which pages are drawn, and pixels in all at most: an A0 poster is drawn coarser. */
const DPI = 250;
const MAX_PIXELS = 16_000_000;
const MAX_SIDE = 4096;
/** Pictures of more pixels are drawn this much smaller to find out how they lie: a quarter of the work, and noise is less in it. */
const LARGE_PIXELS = 2_000_000;
const SMALLER = 0.5;
/** Widest drawing of an image inside an office file, and sizes below which there is nothing to read: icons, rules. */
const PART_WIDTH = 3000;
const MIN_WIDTH = 60;
const MIN_HEIGHT = 16;
/** The least width a reader draws. */
const MIN_DRAWN = 16;
const DRAW_MS = 60_000;
const RECOGNISE_MS = 180_000;
const MEMORY_MB = 1536;
const IDLE_MS = 30_000;
/** A process that dies without saying why is started again this often for one picture. */
const SUDDEN_DEATHS = 2;

interface ScanOptions { readonly page: PageInfo | undefined; readonly languages: readonly string[]; readonly signal: AbortSignal }
interface Read { readonly paragraphs: Recognised["paragraphs"]; readonly turn: Turn; readonly width: number; readonly pixels: number }
/** `scale`: of the size at which pictures are read. */
interface Drawing extends ScanOptions { readonly turn: Turn; readonly scale?: number }

/** Draws a picture in one process and recognises its words in another, so that neither pdf.js nor Tesseract can take more with it than this picture. */
export class Scanner {
  private readonly reader: Supervisor<typeof readerContract>;
  private readonly ocr: Supervisor<typeof ocrContract>;
  private readonly languageFolder: string;

  constructor({ host, limits, workspace }: { host: WorkerHost; limits: IngestLimits; workspace: string }) {
    this.reader = new Supervisor(host, "reader", { memoryMb: limits.readerMemoryMb, idleMs: IDLE_MS, startMs: 30_000 });
    this.ocr = new Supervisor(host, "ocr", { memoryMb: MEMORY_MB, idleMs: IDLE_MS, startMs: 30_000 });
    this.languageFolder = languageFolder(workspace);
  }

  get states(): WorkerState[] {
    return [this.reader.state, this.ocr.state];
  }

  /**
   * A picture that cannot be read is a result with its reason.
   * @throws LorekeepError NEEDS_PASSWORD: passwords are not kept from one session to the next; the signal's reason when aborted, both processes are stopped then.
   */
  async scan(source: Source, picture: Picture, options: ScanOptions): Promise<RecognisedPicture> {
    const { signal, page } = options;
    const begun = performance.now();
    const stop = () => this.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      for (let deaths = 0; ; deaths++) {
        try {
          const { paragraphs, width } = await this.anyWayRound(source, picture, options);
          const [left, top, across] = picture.area ?? [0, 0, page?.width ?? width];
          return { paragraphs: inPoints(paragraphs, { scale: across / width, left, top }), seconds: seconds(begun) };
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof LorekeepError && error.code === "NEEDS_PASSWORD") throw error;
          if (isSuddenDeath(error) && deaths < SUDDEN_DEATHS) continue;
          return { paragraphs: [], seconds: seconds(begun), failed: isAbort(error) ? "The recogniser stopped unexpectedly." : inWords(error) };
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Words with their boxes in the picture as it lies, of which `width` is told; read in the direction in which it says most. */
  private async anyWayRound(source: Source, picture: Picture, options: ScanOptions): Promise<Read> {
    const upright = await this.readTurned(source, picture, { ...options, turn: 0 });
    if (!mayLieTurned(upright.paragraphs)) return upright;
    const { turns, smaller } = upright.pixels > LARGE_PIXELS ? await this.likelyTurns(source, picture, options) : { turns: OTHER_TURNS, smaller: upright };
    let best = upright;
    for (const turn of turns) {
      const read = await this.readTurned(source, picture, { ...options, turn });
      if (readsBetter(read.paragraphs, best.paragraphs)) best = read;
      if (best !== upright && !mayLieTurned(best.paragraphs)) break;
    }
    // Where a picture is noisy, less of the noise is left in a smaller drawing. It does not decide alone how the picture lies.
    return smaller.turn === best.turn && readsBetter(smaller.paragraphs, best.paragraphs) ? smaller : best;
  }

  /** The direction in which a smaller drawing says more than in any other, if that is not upright; all, where none says anything. And what that drawing says. */
  private async likelyTurns(source: Source, picture: Picture, options: ScanOptions): Promise<{ turns: readonly Turn[]; smaller: Read }> {
    let smaller = await this.readTurned(source, picture, { ...options, turn: 0, scale: SMALLER });
    for (const turn of OTHER_TURNS) {
      if (isRightWayRound(smaller.paragraphs)) break;
      const read = await this.readTurned(source, picture, { ...options, turn, scale: SMALLER });
      if (sureLetters(read.paragraphs) > sureLetters(smaller.paragraphs)) smaller = read;
    }
    return { turns: sureLetters(smaller.paragraphs) === 0 ? OTHER_TURNS : smaller.turn === 0 ? [] : [smaller.turn], smaller };
  }

  private async readTurned(source: Source, picture: Picture, options: Drawing): Promise<Read> {
    const { turn } = options;
    const { png, width, height } = await this.draw(source, picture, options);
    const before = turn % 180 === 0 ? width : height;
    const pixels = width * height;
    if (width < MIN_WIDTH || height < MIN_HEIGHT) return { paragraphs: [], turn, width: before, pixels };
    const { paragraphs } = await this.recognise(png, options);
    const back = paragraphs.map(({ lines }) => ({ lines: lines.map((line) => line.map((word) => ({ ...word, box: turnedBack(word.box, { turn, width, height }) }))) }));
    return { paragraphs: back, turn, width: before, pixels };
  }

  private draw({ file, password }: Source, { page: number, part, area }: Picture, { page, signal, turn, scale = 1 }: Drawing): Promise<{ png: string; width: number; height: number }> {
    return this.reader.call((client, inner) => client.renderPage({
      path: file, page: number ?? 1, width: Math.max(MIN_DRAWN, Math.round((part === undefined ? widthOf(page) : PART_WIDTH) * scale)), turn,
      ...(part === undefined ? {} : { part }), ...(area === undefined ? {} : { area }), ...(password === undefined ? {} : { password }),
    }, { signal: inner }), { deadlineMs: DRAW_MS, signal });
  }

  private recognise(png: string, { languages, signal }: { languages: readonly string[]; signal: AbortSignal }): Promise<Recognised> {
    return this.ocr.call((client, inner) => client.recognise({ png, languages: [...languages], folder: this.languageFolder }, { signal: inner }), { deadlineMs: RECOGNISE_MS, signal });
  }

  private stop(): void {
    this.reader.stop("Text recognition was stopped.");
    this.ocr.stop("Text recognition was stopped.");
  }

  dispose(): void {
    this.reader.dispose();
    this.ocr.dispose();
  }
}

/** What went wrong, and what helps where something does. */
function inWords(error: unknown): string {
  if (error instanceof LorekeepError) return [error.message, error.details?.next].filter(Boolean).join(" ");
  return error instanceof Error ? error.message : String(error);
}

const seconds = (begun: number) => Math.round(performance.now() - begun) / 1000;

/** Pixels of width at which a page is drawn. */
function widthOf(page: PageInfo | undefined): number {
  if (!page) throw new LorekeepError("NOT_FOUND", "The page is not in the document (any more).");
  const wanted = (page.width * DPI) / 72;
  const most = Math.sqrt((MAX_PIXELS * page.width) / page.height);
  return Math.min(wanted, most, MAX_SIDE);
}

/** @param left, top where the picture begins on its page, points. */
function inPoints(paragraphs: Recognised["paragraphs"], { scale, left, top }: { scale: number; left: number; top: number }): RecognisedPicture["paragraphs"] {
  const points = (box: Rect): Rect => [hundredths(left + box[0] * scale), hundredths(top + box[1] * scale), hundredths(box[2] * scale), hundredths(box[3] * scale)];
  return paragraphs.map(({ lines }) => lines.map((line) => line.map(({ text, confidence, box }) => ({ text, confidence, rect: points(box) }))));
}

const hundredths = (value: number) => Math.round(value * 100) / 100;
