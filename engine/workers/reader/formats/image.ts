import { LorekeepError } from "../../../base/errors.ts";
import { imageSizes } from "../image.ts";
import { corrupt, Refusal } from "../refusal.ts";
import type { FormatReader } from "../source.ts";

const POINTS = 72 / 96;
const MAX_PAGES = 2000;

/** A picture file: pages without text, to be recognised. Pages are as large as they would be drawn at 96 pixels per inch. */
export const readImage: FormatReader = async ({ source, out }) => {
  const sizes = await imageSizes(source.bytes).catch((error: unknown) => { throw whyNot(error); });
  if (!sizes.some(Boolean)) throw corrupt("This picture");
  sizes.slice(0, MAX_PAGES).forEach((size, i) => {
    const page = i + 1;
    if (!size) return out.warn("page-unreadable", `Page ${page} is damaged and was left out.`, page);
    out.startPage(page);
    out.pageInfo({ page, width: size.width * POINTS, height: size.height * POINTS, hasText: false });
    out.picture({ page });
  });
  if (sizes.length > MAX_PAGES) out.warn("truncated", `Only the first ${MAX_PAGES.toLocaleString("en")} of its ${sizes.length.toLocaleString("en")} pages were taken.`);
};

function whyNot(error: unknown): Refusal {
  if (error instanceof LorekeepError && error.code === "TOO_LARGE") return new Refusal("too-large", error.message, "Save it with fewer pixels and add that.");
  return corrupt("This picture");
}
