import { createCanvas, ImageData, loadImage, type Canvas, type Image } from "@napi-rs/canvas";
import UTIF from "utif2";
import { LorekeepError } from "../../base/errors.ts";

/** Larger pictures are refused before they are drawn: four bytes a pixel. */
const MAX_PIXELS = 150_000_000;

const isTiff = (bytes: Uint8Array) => (bytes[0] === 0x49 && bytes[1] === 0x49 && bytes[2] === 0x2a) || (bytes[0] === 0x4d && bytes[1] === 0x4d && bytes[3] === 0x2a);

export interface Pixels { readonly width: number; readonly height: number }

/**
 * The size of every page of a picture file: TIFF can hold many, the others hold one. undefined: a page whose data are not there. The pages of a TIFF are not
 * decoded for it, which would take as long as drawing them all.
 * @throws whatever the decoder says of a damaged picture; LorekeepError TOO_LARGE.
 */
export async function imageSizes(bytes: Uint8Array): Promise<readonly (Pixels | undefined)[]> {
  if (isTiff(bytes)) return directories(bytes).map((directory) => sizeOf(directory, bytes.length));
  const { width, height } = await decodeImage(bytes);
  return [{ width, height }];
}

/** @throws whatever the decoder says of a damaged picture; LorekeepError TOO_LARGE. */
export async function decodeImage(bytes: Uint8Array, page = 1): Promise<Canvas | Image> {
  if (isTiff(bytes)) return tiffPage(bytes, page);
  // A copy, since the decoder keeps what it is given.
  const image = await loadImage(Buffer.from(bytes));
  refuseHuge(image.width, image.height);
  return image;
}

/** Drawn on white (transparency is no ink), `width` pixels wide. */
export function drawImage(image: Canvas | Image, width: number): Canvas {
  const height = Math.max(1, Math.round((image.height * width) / image.width));
  refuseHuge(width, height);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return canvas;
}

/** `degrees` (a multiple of 90) clockwise. */
export function turned(picture: Canvas, degrees: number): Canvas {
  if (degrees % 360 === 0) return picture;
  const onSide = degrees % 180 !== 0;
  const canvas = createCanvas(onSide ? picture.height : picture.width, onSide ? picture.width : picture.height);
  const context = canvas.getContext("2d");
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((degrees * Math.PI) / 180);
  context.drawImage(picture, -picture.width / 2, -picture.height / 2);
  return canvas;
}

function directories(bytes: Uint8Array): UTIF.IFD[] {
  return UTIF.decode(bytes.slice().buffer).filter((directory) => directory.t256 !== undefined);
}

function sizeOf(directory: UTIF.IFD, length: number): Pixels | undefined {
  const [width, height] = [numberIn(directory.t256), numberIn(directory.t257)];
  return width > 0 && height > 0 && isThere(directory, length) ? { width, height } : undefined;
}

function tiffPage(bytes: Uint8Array, page: number): Canvas {
  const directory = directories(bytes)[page - 1];
  if (!directory) throw new LorekeepError("NOT_FOUND", { reason: `This picture has no page ${page}.`, field: "page" });
  refuseHuge(numberIn(directory.t256), numberIn(directory.t257));
  if (!isThere(directory, bytes.length)) throw new Error("The picture's data end too early.");
  UTIF.decodeImage(bytes.slice().buffer, directory);
  const { width, height } = directory;
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(UTIF.toRGBA8(directory)), width, height), 0, 0);
  return canvas;
}

/** The decoder draws what is missing in black: of every strip or tile at least half must be in the file. */
function isThere({ t273, t279, t324, t325 }: UTIF.IFD, length: number): boolean {
  const [offsets, counts] = [numbersIn(t273 ?? t324), numbersIn(t279 ?? t325)];
  return offsets.length > 0 && offsets.every((offset, i) => offset + (counts[i] ?? 0) / 2 <= length);
}

const numbersIn = (tag: unknown): number[] => (Array.isArray(tag) ? tag.map(Number) : ArrayBuffer.isView(tag) ? Array.from(tag as Uint32Array, Number) : []);
const numberIn = (tag: unknown): number => Number(Array.isArray(tag) ? tag[0] : tag);

function refuseHuge(width: number, height: number): void {
  if (!(width * height <= MAX_PIXELS)) throw new LorekeepError("TOO_LARGE", { reason: `A picture of ${width} by ${height} pixels is too large to be drawn.` });
}
