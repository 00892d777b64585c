import type { RunReport } from "../../contract/reports.ts";
import type { RunContent } from "../run/run-file.ts";
import { csvReport } from "./csv.ts";
import { htmlReport } from "./html.ts";
import { markdownReport } from "./markdown.ts";

export type ReportFormat = "markdown" | "html" | "csv" | "json";
const endings: Readonly<Record<ReportFormat, string>> = { markdown: "md", html: "html", csv: "csv", json: "json" };

/** A report as a file: the page as Markdown or HTML, the answers with their scores as CSV, all of it as JSON. */
export function exportReport(report: RunReport, content: RunContent, format: ReportFormat): { name: string; content: string } {
  const stem = `${report.setName.replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-").trim() || "report"}-${report.started.slice(0, 16).replace(/[T:]/g, "-")}`;
  return { name: `${stem}.${endings[format]}`, content: written(report, content, format) };
}

function written(report: RunReport, content: RunContent, format: ReportFormat): string {
  switch (format) {
    case "markdown": return markdownReport(report);
    case "html": return htmlReport(report);
    case "csv": return csvReport(content);
    case "json": return `${JSON.stringify({ report, answers: [...content.answers.values()] }, null, 2)}\n`;
  }
}
