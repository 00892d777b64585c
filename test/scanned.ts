import { createCanvas, type Canvas } from "@napi-rs/canvas";

export interface ScanOptions {
  /** Pixels per inch of the picture. */
  readonly dpi?: number;
  /** Degrees, clockwise. */
  readonly skew?: number;
  /** Standard deviation of grey noise, 0..255. */
  readonly noise?: number;
  /** Points. */
  readonly fontSize?: number;
}

/** A4 in points. */
export const PAGE = { width: 595, height: 842 } as const;
const MARGIN = 60;

/** Known text drawn as a scanner would see it: black on white, one string per line, from the top. Returns the picture of an A4 page. */
export function scanOf(lines: readonly string[], { dpi = 200, skew = 0, noise = 0, fontSize = 12 }: ScanOptions = {}): Canvas {
  const scale = dpi / 72;
  const canvas = createCanvas(Math.round(PAGE.width * scale), Math.round(PAGE.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((skew * Math.PI) / 180);
  context.translate(-canvas.width / 2, -canvas.height / 2);
  context.fillStyle = "#111";
  context.font = `${fontSize * scale}px serif`;
  lines.forEach((line, i) => context.fillText(line, MARGIN * scale, baselineOf(i, fontSize) * scale));
  if (noise > 0) addNoise(canvas, noise);
  return canvas;
}

/** Where the baseline of a line is, points from the top of the page. */
export const baselineOf = (line: number, fontSize = 12): number => MARGIN + fontSize + line * fontSize * 1.5;
export const LEFT = MARGIN;

function addNoise(canvas: Canvas, deviation: number): void {
  const context = canvas.getContext("2d");
  const data = context.getImageData(0, 0, canvas.width, canvas.height);
  let seed = 42;
  const random = () => (seed = (seed * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
  for (let i = 0; i < data.data.length; i += 4) {
    const grey = (data.data[i] ?? 0) + deviation * Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random());
    data.data[i] = data.data[i + 1] = data.data[i + 2] = Math.max(0, Math.min(255, grey));
  }
  context.putImageData(data, 0, 0);
}

/** Points from the top left of the page. */
type Place = readonly [x: number, y: number, width: number, height: number];

export interface ScannedPage {
  readonly scan: Canvas;
  /** One line at the foot of the page. */
  readonly text?: string;
  /** Lines of 10 points with the place of their beginning; `hidden` as text recognition leaves them over a scan. */
  readonly lines?: readonly { readonly text: string; readonly x: number; readonly y: number; readonly hidden?: boolean }[];
  /** Where the picture is painted, once or several times; otherwise it fills the page. */
  readonly places?: readonly Place[];
}

/** A PDF whose A4 pages, upright or across as their pictures are, are nothing but pictures; a page with `text` or `lines` has these in a text layer on top as well. */
export async function scannedPdf(pages: readonly ScannedPage[], { rotate = 0 } = {}): Promise<Buffer> {
  const objects: Uint8Array[] = [];
  const add = (head: string, stream?: Uint8Array) => objects.push(stream ? Buffer.concat([Buffer.from(`${head.replace(">>", `/Length ${stream.length} >>`)}\nstream\n`), stream, Buffer.from("\nendstream")]) : Buffer.from(head));
  const kids = pages.map((_, i) => `${4 + i * 3} 0 R`).join(" ");
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  for (const [i, { scan, text, lines = [], places }] of pages.entries()) {
    const first = 4 + i * 3;
    const jpeg = await scan.encode("jpeg", 85);
    const [width, height] = scan.width > scan.height && !places ? [PAGE.height, PAGE.width] : [PAGE.width, PAGE.height];
    const layer = [...(text === undefined ? [] : [{ text, x: 60, y: height - 20 }]), ...lines]
      .map((line) => `BT ${"hidden" in line && line.hidden ? 3 : 0} Tr /F 10 Tf ${line.x} ${height - line.y} Td (${line.text}) Tj ET`).join(" ");
    const painted = (places ?? [[0, 0, width, height]]).map(([x, y, w, h]) => `q ${w} 0 0 ${h} ${x} ${height - y - h} cm /I Do Q`).join(" ");
    add(`<< /Type /Page /Parent 2 0 R /Rotate ${rotate} /MediaBox [0 0 ${width} ${height}] /Contents ${first + 1} 0 R /Resources << /XObject << /I ${first + 2} 0 R >> /Font << /F 3 0 R >> >> >>`);
    add("<< >>", Buffer.from(`${painted} ${layer}`));
    add(`<< /Type /XObject /Subtype /Image /Width ${scan.width} /Height ${scan.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode >>`, jpeg);
  }
  return assembled(objects);
}

function assembled(objects: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from("%PDF-1.4\n")];
  const offsets: number[] = [];
  const size = () => parts.reduce((sum, part) => sum + part.length, 0);
  objects.forEach((object, i) => {
    offsets.push(size());
    parts.push(Buffer.from(`${i + 1} 0 obj\n`), object, Buffer.from("\nendobj\n"));
  });
  const start = size();
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`));
  return Buffer.concat(parts);
}
