import type { PageViewport } from "pdfjs-dist";
import type { Rect } from "../../../../contract/document.ts";
import type { Piece } from "../../blocks.ts";
import { normaliseLine } from "../../../../base/normalise.ts";

/** What of pdf.js's annotation data is used; its own type is any. */
interface Annotation {
  readonly subtype?: string;
  readonly fieldType?: string;
  readonly fieldName?: string;
  readonly fieldValue?: unknown;
  readonly alternativeText?: string;
  readonly checkBox?: boolean;
  readonly radioButton?: boolean;
  readonly password?: boolean;
  readonly contentsObj?: { readonly str?: string };
  readonly rect?: readonly number[];
  /** Nobody sees it on the page: what a form keeps for itself. */
  readonly hidden?: boolean;
}

/** Text that people put on a page rather than into it: filled form fields ("name: value"), text boxes and notes. */
export function annotationTexts(annotations: readonly unknown[], viewport: PageViewport): Piece[] {
  return (annotations as readonly Annotation[]).flatMap((annotation) => {
    if (annotation.hidden) return [];
    const text = normaliseLine(annotation.subtype === "Widget" ? fieldText(annotation) : noteText(annotation));
    if (!text) return [];
    const rect = annotation.rect?.length === 4 ? onPage(annotation.rect, viewport) : undefined;
    return [rect ? { text, rect } : { text }];
  });
}

function fieldText({ fieldType, fieldName, fieldValue, alternativeText, password }: Annotation): string {
  if (password || (fieldType !== "Tx" && fieldType !== "Ch")) return "";
  const value = Array.isArray(fieldValue) ? fieldValue.join(", ") : typeof fieldValue === "string" ? fieldValue : "";
  const label = alternativeText || fieldName;
  return value.trim() ? (label ? `${label}: ${value}` : value) : "";
}

/** Links and pop-ups repeat what stands elsewhere. */
function noteText({ subtype, contentsObj }: Annotation): string {
  return subtype === "Link" || subtype === "Popup" ? "" : (contentsObj?.str ?? "");
}

function onPage(rect: readonly number[], viewport: PageViewport): Rect {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = (viewport.convertToViewportRectangle([...rect]) as number[]).map((value) => Math.round(value * 100) / 100);
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}
