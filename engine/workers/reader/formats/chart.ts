import { DomUtils } from "htmlparser2";
import type { DocumentBuilder } from "../blocks.ts";
import type { DomElement } from "../html-blocks.ts";
import { addTable } from "../tables.ts";
import { all, first, parseXml } from "../xml-tree.ts";

/** A chart is the table it was drawn from: one row per category, one column per series. */
export function readChart(out: DocumentBuilder, xml: string | undefined): void {
  if (!xml) return;
  const chart = parseXml(xml);
  const titleElement = first(chart, "c:title");
  const title = titleElement ? all(titleElement, "a:t").map((t) => DomUtils.textContent(t)).join("") : "";
  const series = all(chart, "c:ser");
  if (series.length === 0) return;
  const categories = values(series[0], ["c:cat", "c:xVal"]);
  const columns = series.map((one) => ({ name: values(one, ["c:tx"])[0] ?? "", values: values(one, ["c:val", "c:yVal"]) }));
  const length = Math.max(categories.length, ...columns.map((column) => column.values.length));
  if (title) out.text("caption", title);
  addTable(out, {
    ...(title ? { name: title } : {}),
    header: ["", ...columns.map((column) => column.name)],
    rows: Array.from({ length }, (_, i) => [categories[i] ?? "", ...columns.map((column) => column.values[i] ?? "")]),
  });
}

/** Cached values in order of their index. */
function values(series: DomElement | undefined, names: readonly string[]): string[] {
  const holder = series && names.map((name) => first(series, name)).find(Boolean);
  if (!holder) return [];
  const found: string[] = [];
  for (const point of all(holder, "c:pt").slice(0, 10_000)) {
    const value = first(point, "c:v");
    found[Math.min(Number(point.attribs.idx ?? 0) || 0, 10_000)] = value ? DomUtils.textContent(value) : "";
  }
  return Array.from(found, (value) => value ?? "");
}
