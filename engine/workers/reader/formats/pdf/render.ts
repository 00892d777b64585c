import { LorekeepError } from "../../../../base/errors.ts";
import type { Rect } from "../../../../contract/document.ts";
import { Refusal } from "../../refusal.ts";
import { openPdf } from "./open.ts";

export interface RenderInput {
  readonly bytes: Uint8Array;
  readonly page: number;
  readonly width: number;
  readonly password?: string | undefined;
  /** Only this is drawn, points of the displayed page; `width` is the whole page's all the same. */
  readonly area?: Rect | undefined;
  /** Degrees, a multiple of 90, by which the page is turned clockwise once it has its width. */
  readonly turn?: number | undefined;
}

/** A page a thousand times as high as wide must not ask for a gigabyte of pixels. */
const MAX_PIXELS = 40_000_000;

/** What pdf.js's canvas factory makes in Node: a canvas of its own native package, which its types do not know. */
interface NodeCanvas {
  readonly canvas: { encode(format: "png"): Promise<Uint8Array> };
  readonly context: object;
}
interface CanvasFactory {
  create(width: number, height: number): NodeCanvas;
  destroy(canvas: NodeCanvas): void;
}

/**
 * Draws one page on white, `width` pixels wide: a rectangle of a text run times width / page width is where its words are.
 * @throws LorekeepError NOT_FOUND, NEEDS_PASSWORD, TOO_LARGE or UNSUPPORTED.
 */
export async function renderPdfPage({ bytes, page: number, width: asDisplayed, password, area, turn = 0 }: RenderInput, signal: AbortSignal): Promise<{ png: string; width: number; height: number }> {
  const pdf = await openPdf(bytes, password, signal).catch((error: unknown) => {
    throw error instanceof Refusal ? refused(error) : error;
  });
  try {
    if (number > pdf.document.numPages) throw new LorekeepError("NOT_FOUND", { reason: `The document has ${pdf.document.numPages} pages; page ${number} is not there.`, field: "page" });
    const page = await pdf.document.getPage(number);
    const shown = page.getViewport({ scale: 1 });
    const scale = asDisplayed / shown.width;
    const [left, top, ...sides] = turnedArea(area ?? [0, 0, shown.width, shown.height], { turn, width: shown.width, height: shown.height });
    const viewport = page.getViewport({ scale, rotation: page.rotate + turn, offsetX: -left * scale, offsetY: -top * scale });
    const [width, height] = sides.map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
    if (width * height > MAX_PIXELS) throw new LorekeepError("TOO_LARGE", { reason: "The page is too tall to be drawn this wide.", field: "width" });
    // The factory belongs to the document: pdf.js brings a canvas of its own version, and pictures of two versions do not mix.
    const factory = pdf.document.canvasFactory as unknown as CanvasFactory;
    const drawing = factory.create(width, height);
    // Its context is no DOM object, which is all that the types of render() know.
    const task = page.render({ canvas: null, canvasContext: drawing.context as never, viewport, background: "#ffffff" });
    const onAbort = () => task.cancel();
    signal.addEventListener("abort", onAbort);
    try {
      await task.promise;
      const png = await drawing.canvas.encode("png");
      return { png: Buffer.from(png).toString("base64"), width, height };
    } finally {
      signal.removeEventListener("abort", onAbort);
      factory.destroy(drawing);
    }
  } finally {
    await pdf.close();
    signal.throwIfAborted();
  }
}

/** An area of a page of `width` by `height`, on the page as it lies once it is turned. */
function turnedArea([x, y, w, h]: Rect, { turn, width, height }: { turn: number; width: number; height: number }): Rect {
  switch (turn % 360) {
    case 90: return [height - y - h, x, h, w];
    case 180: return [width - x - w, height - y - h, w, h];
    case 270: return [y, width - x - w, h, w];
    default: return [x, y, w, h];
  }
}

function refused({ reason }: Refusal): LorekeepError {
  const code = reason.code === "encrypted" || reason.code === "wrong-password" ? "NEEDS_PASSWORD" : "UNSUPPORTED";
  return new LorekeepError(code, { reason: reason.message, ...(reason.next ? { next: reason.next } : {}) });
}
