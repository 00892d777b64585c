import { DomUtils } from "htmlparser2";
import type { DocumentBuilder } from "../blocks.ts";
import { all, first, parseXml } from "../xml-tree.ts";

/** Points of a diagram that hold a person's text. The others say how it is laid out. */
const HOLDS_TEXT = new Set(["node", "asst"]);

/** The texts of a SmartArt diagram, from its data part, in the order in which they were written: one list item each. */
export function readDiagram(out: DocumentBuilder, xml: string | undefined): void {
  if (!xml) return;
  for (const point of all(parseXml(xml), "dgm:pt")) {
    const text = HOLDS_TEXT.has(point.attribs.type ?? "node") ? first(point, "dgm:t") : undefined;
    for (const paragraph of text ? all(text, "a:p") : []) out.text("list-item", all(paragraph, "a:t").map((t) => DomUtils.textContent(t)).join(""));
  }
}
