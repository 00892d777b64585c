import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from "pdfjs-dist";
import { corrupt, Refusal } from "../../refusal.ts";

/** pdf.js waits for the drawing commands that were asked for before it lets go of a document, milliseconds; some never come. */
const CLOSE_MS = 2_000;

/** Larger pictures are left out when a page is drawn, pixels. */
const MAX_IMAGE_PIXELS = 64 * 2 ** 20;

export interface OpenPdf {
  readonly document: PDFDocumentProxy;
  close(): Promise<void>;
}

/**
 * Opens a PDF with everything off that acts: no eval, no scripts, no XFA, no system fonts, no network. Fonts, character maps and
 * decoders come from the pdfjs-dist package, wherever it is installed.
 * @throws Refusal `encrypted`, `wrong-password` or `corrupt`; AbortError when `signal` aborts.
 */
export async function openPdf(bytes: Uint8Array, password: string | undefined, signal: AbortSignal): Promise<OpenPdf> {
  const pdfjs = await import("pdfjs-dist/legacy/build/pdf.mjs");
  const home = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json")).replaceAll("\\", "/");
  const task = pdfjs.getDocument({
    // pdf.js takes the buffer over; a view into a shared one must be copied.
    data: bytes.byteLength === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : Uint8Array.from(bytes),
    ...(password === undefined ? {} : { password }),
    isEvalSupported: false, enableXfa: false, useSystemFonts: false, disableFontFace: true, useWorkerFetch: false,
    disableAutoFetch: true, disableStream: true, disableRange: true, isOffscreenCanvasSupported: false, isImageDecoderSupported: false,
    maxImageSize: MAX_IMAGE_PIXELS, verbosity: pdfjs.VerbosityLevel.ERRORS,
    standardFontDataUrl: `${home}/standard_fonts/`, cMapUrl: `${home}/cmaps/`, cMapPacked: true, wasmUrl: `${home}/wasm/`, iccUrl: `${home}/iccs/`,
  });
  return opened(task, signal);
}

async function opened(task: PDFDocumentLoadingTask, signal: AbortSignal): Promise<OpenPdf> {
  const onAbort = () => void task.destroy();
  const close = async () => {
    signal.removeEventListener("abort", onAbort);
    await Promise.race([task.destroy(), setTimeout(CLOSE_MS, undefined, { ref: false })]);
  };
  signal.addEventListener("abort", onAbort);
  try {
    return { document: await task.promise, close };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw whyNot(error);
  }
}

const PASSWORD_WRONG = 2; // pdf.js PasswordResponses.INCORRECT_PASSWORD

function whyNot(error: unknown): Refusal {
  if (error instanceof Error && error.name === "PasswordException") {
    const wrong = "code" in error && error.code === PASSWORD_WRONG;
    return wrong
      ? new Refusal("wrong-password", "The password does not open this PDF.", "Enter another password.")
      : new Refusal("encrypted", "This PDF is protected by a password.", "Enter its password to read it.");
  }
  return corrupt("This PDF");
}
