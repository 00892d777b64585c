import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { fromFileSystem, LorekeepError } from "../../base/errors.ts";
import type { readerContract } from "./contract.ts";
import { renderPdfPage } from "./formats/pdf/render.ts";
import { decodeImage, drawImage, turned } from "./image.ts";
import { Refusal } from "./refusal.ts";
import { openArchive } from "./zip.ts";

export type RenderInput = z.output<NonNullable<(typeof readerContract.renderPage)["~orpc"]["inputSchema"]>>;
type Turn = RenderInput["turn"];
export interface Rendered { readonly png: string; readonly width: number; readonly height: number }

/** Enlarging a small picture further shows nothing more. */
const MAX_ENLARGED = 2;
const MAX_PART_BYTES = 1_000_000_000;

/**
 * A PDF's page, a picture file, or the picture inside an office file, as PNG.
 * @throws LorekeepError NOT_FOUND, NEEDS_PASSWORD, TOO_LARGE or UNSUPPORTED.
 */
export async function renderPage(input: Omit<RenderInput, "turn"> & { readonly turn?: Turn }, signal: AbortSignal): Promise<Rendered> {
  const bytes = await readFile(input.path, { signal }).catch((error: unknown) => { throw fromFileSystem(error, input.path); });
  if (input.part !== undefined) return renderImage(partOf(bytes, input.part), { page: 1, width: input.width, enlarged: MAX_ENLARGED, turn: input.turn });
  if (bytes.subarray(0, 1024).includes("%PDF-")) return renderPdfPage({ ...input, bytes }, signal);
  return renderImage(bytes, { page: input.page, width: input.width, enlarged: Infinity, turn: input.turn });
}

async function renderImage(bytes: Uint8Array, { page, width, enlarged, turn = 0 }: { page: number; width: number; enlarged: number; turn: Turn | undefined }): Promise<Rendered> {
  const image = await decodeImage(bytes, page).catch((error: unknown) => {
    throw error instanceof LorekeepError ? error : new LorekeepError("UNSUPPORTED", { reason: "The picture is damaged or of a kind that cannot be drawn." }, { cause: error });
  });
  const canvas = turned(drawImage(image, Math.max(1, Math.round(Math.min(width, image.width * enlarged)))), turn);
  return { png: (await canvas.encode("png")).toString("base64"), width: canvas.width, height: canvas.height };
}

function partOf(bytes: Uint8Array, part: string): Uint8Array {
  try {
    const found = openArchive(bytes, MAX_PART_BYTES, (name) => name === part).bytes(part);
    if (found) return found;
  } catch (error) {
    if (error instanceof Refusal) throw new LorekeepError("UNSUPPORTED", { reason: error.reason.message }, { cause: error });
    throw error;
  }
  throw new LorekeepError("NOT_FOUND", { reason: "The picture is not in the file (any more)." });
}
