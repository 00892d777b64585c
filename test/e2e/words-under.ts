import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";

/** A page and rectangles on it: x, y, width, height in points from the top left. */
export interface Marks {
  readonly shown: number;
  readonly rects: readonly number[][];
}

/** The words of a page that lie under rectangles, read with pdf.js directly and by nothing of ours: letters are placed evenly within each piece of text. */
export async function wordsUnder(pdf: PDFDocumentProxy, { shown, rects }: Marks): Promise<string> {
  const page = await pdf.getPage(shown);
  const viewport = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  let found = "";
  for (const item of items) {
    if (!("str" in item) || item.str === "") continue;
    const [, , , , left = 0, baseline = 0] = item.transform as number[];
    [...item.str].forEach((letter, index, all) => {
      const [x = 0, y = 0] = viewport.convertToViewportPoint(left + (item.width * (index + 0.5)) / all.length, baseline + item.height / 3) as number[];
      if (rects.some(([rx = 0, ry = 0, width = 0, height = 0]) => x >= rx && x <= rx + width && y >= ry && y <= ry + height)) found += letter;
    });
    found += " ";
  }
  return found;
}
