import { decodeImage, imagePages } from "../image.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";

/** A picture file: pages without text, to be recognised. Pages are as large as they would be drawn at 96 pixels per inch. */
export const readImage: FormatReader = async ({ source, out }) => {
  const pages = imagePages(source.bytes);
  for (let page = 1; page <= pages; page++) {
    const { width, height } = await decodeImage(source.bytes, page).catch(() => { throw corrupt("This picture"); });
    out.startPage(page);
    out.pageInfo({ page, width: width * POINTS, height: height * POINTS, hasText: false });
    out.picture({ page });
  }
};

const POINTS = 72 / 96;
