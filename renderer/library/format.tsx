import { Book, Database, File, FileCode2, FileSpreadsheet, FileText, Globe, Image, Mail, NotebookText, Presentation, type LucideIcon } from "lucide-react";
import type { Document, DocumentFormat } from "../../engine/contract/index.ts";

const shown: Record<DocumentFormat, { icon: LucideIcon; name: string }> = {
  pdf: { icon: FileText, name: "PDF" }, docx: { icon: FileText, name: "Word" }, odt: { icon: FileText, name: "ODT" }, rtf: { icon: FileText, name: "RTF" },
  pptx: { icon: Presentation, name: "Slides" }, xlsx: { icon: FileSpreadsheet, name: "Excel" }, xls: { icon: FileSpreadsheet, name: "Excel 97" }, ods: { icon: FileSpreadsheet, name: "ODS" },
  csv: { icon: FileSpreadsheet, name: "CSV" }, tsv: { icon: FileSpreadsheet, name: "TSV" }, html: { icon: Globe, name: "Web page" }, markdown: { icon: NotebookText, name: "Markdown" },
  text: { icon: FileText, name: "Text" }, json: { icon: FileCode2, name: "JSON" }, jsonl: { icon: FileCode2, name: "JSON Lines" }, xml: { icon: FileCode2, name: "XML" },
  eml: { icon: Mail, name: "E-mail" }, msg: { icon: Mail, name: "Outlook" }, epub: { icon: Book, name: "EPUB" }, ipynb: { icon: NotebookText, name: "Notebook" },
  code: { icon: FileCode2, name: "Code" }, sqlite: { icon: Database, name: "SQLite" }, image: { icon: Image, name: "Picture" },
};

export const formatName = (format: DocumentFormat | undefined): string => (format ? shown[format].name : "–");

export function FormatIcon({ document }: { document: Pick<Document, "format" | "origin"> }) {
  const Icon = document.format ? shown[document.format].icon : document.origin === "web" ? Globe : File;
  return <Icon aria-hidden />;
}

/** What the pages of a format are called. */
export function pageWord(format: DocumentFormat | undefined): string {
  if (format === "pptx") return "slide";
  return format === "xlsx" || format === "xls" || format === "ods" ? "sheet" : "page";
}
