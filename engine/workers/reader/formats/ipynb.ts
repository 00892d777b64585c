import { z } from "zod";
import type { DocumentBuilder } from "../blocks.ts";
import { textOf, type FormatReader } from "../source.ts";
import { parseJson, readJson } from "./json.ts";
import { readMarkdownText } from "./markdown.ts";

/** Notebook strings are written as one string or as a list of lines. */
const text = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);
const output = z.object({
  text: text.optional(),
  data: z.object({ "text/plain": text.optional(), "text/markdown": text.optional() }).optional(),
  ename: z.string().optional(),
  evalue: z.string().optional(),
});
const cell = z.object({ cell_type: z.string(), source: text, outputs: z.array(output).optional().catch([]) });
const notebook = z.object({ cells: z.array(z.unknown()), metadata: z.object({ title: z.string().optional() }).optional().catch(undefined) });

/** Jupyter notebooks: Markdown cells as Markdown, code cells as code, their outputs as text. Pictures are left out. */
export const readNotebook: FormatReader = (context) => {
  const { source, out } = context;
  const found = notebook.safeParse(parseJson(textOf(source)));
  // Notebooks of 2012 and broken ones are still JSON, or at least text.
  if (!found.success) return readJson(context);
  out.metadata.title = found.data.metadata?.title;
  found.data.cells.forEach((raw, i) => {
    if (out.full) return;
    const one = cell.safeParse(raw);
    if (one.success) readCell(out, one.data);
    else out.warn("part-unreadable", `Cell ${i + 1} is damaged and was left out.`);
  });
};

function readCell(out: DocumentBuilder, { cell_type, source, outputs }: z.infer<typeof cell>): void {
  if (cell_type === "markdown") return readMarkdownText(out, source);
  if (cell_type !== "code") return out.lines("paragraph", source);
  out.lines("code", source);
  for (const { text: stream, data, ename, evalue } of outputs ?? []) {
    if (data?.["text/markdown"]) readMarkdownText(out, data["text/markdown"]);
    else out.lines("code", withoutColours(stream ?? data?.["text/plain"] ?? [ename, evalue].filter(Boolean).join(": ")));
  }
}

const withoutColours = (value: string) => value.replace(/\u001B\[[\d;]*[A-Za-z]/g, "");
