import type { DocumentFormat } from "../../../contract/document.ts";
import type { FormatReader } from "../source.ts";

/** A format's parser is loaded when its first file comes: the worker starts fast and holds only what it uses. */
const lazily = (load: () => Promise<FormatReader>): FormatReader => async (context) => (await load())(context);

const spreadsheet = lazily(async () => (await import("./spreadsheet.ts")).readSpreadsheet);
const csv = lazily(async () => (await import("./csv.ts")).readCsv);

export const formatReaders: Readonly<Record<DocumentFormat, FormatReader>> = {
  pdf: lazily(async () => (await import("./pdf/pdf.ts")).readPdf),
  docx: lazily(async () => (await import("./docx.ts")).readDocx),
  pptx: lazily(async () => (await import("./pptx.ts")).readPptx),
  xlsx: spreadsheet,
  xls: spreadsheet,
  ods: spreadsheet,
  odt: lazily(async () => (await import("./odt.ts")).readOdt),
  csv,
  tsv: csv,
  html: lazily(async () => (await import("./html.ts")).readHtmlPage),
  markdown: lazily(async () => (await import("./markdown.ts")).readMarkdown),
  text: lazily(async () => (await import("./text.ts")).readText),
  json: lazily(async () => (await import("./json.ts")).readJson),
  jsonl: lazily(async () => (await import("./json.ts")).readJsonLines),
  xml: lazily(async () => (await import("./xml.ts")).readXml),
  eml: lazily(async () => (await import("./eml.ts")).readEml),
  msg: lazily(async () => (await import("./msg.ts")).readMsg),
  epub: lazily(async () => (await import("./epub.ts")).readEpub),
  rtf: lazily(async () => (await import("./rtf.ts")).readRtf),
  ipynb: lazily(async () => (await import("./ipynb.ts")).readNotebook),
  code: lazily(async () => (await import("./code.ts")).readCode),
  image: lazily(async () => (await import("./image.ts")).readImage),
  sqlite: lazily(async () => (await import("./sqlite.ts")).readSqlite),
};
