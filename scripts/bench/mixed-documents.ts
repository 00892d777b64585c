import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { utils, write } from "@e965/xlsx";
import { docx, epub, odt, pdf, pptx, shape, wp, wTable, type PdfPage } from "../../test/fixtures/documents/build.ts";

interface Article { readonly title: string; readonly text: string }
type Writer = (article: Article) => string | Uint8Array;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const plain = (text: string): string => text.normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
const halves = (text: string): [string, string] => { const at = text.indexOf(". ", text.length / 2) + 1 || text.length; return [text.slice(0, at), text.slice(at)]; };

/** How an article is written down in each format: headings, paragraphs, a table where the format lives of them. */
const writers: Readonly<Record<string, Writer>> = {
  md: ({ title, text }) => `# ${title}\n\n${halves(text).join("\n\n")}\n`,
  txt: ({ title, text }) => `${title}\n\n${text}\n`,
  html: ({ title, text }) => `<!doctype html><html><head><title>${escaped(title)}</title></head><body><nav>Home | About</nav><article><h1>${escaped(title)}</h1>${halves(text).map((half) => `<p>${escaped(half)}</p>`).join("")}</article></body></html>`,
  docx: ({ title, text }) => docx(`${wp(escaped(title), "Heading1")}${halves(text).map((half) => wp(escaped(half))).join("")}${wTable([["Title", "Letters"], [escaped(title), String(text.length)]])}`, { title: escaped(title) }),
  odt: ({ title, text }) => odt(`<text:h text:outline-level="1">${escaped(title)}</text:h>${halves(text).map((half) => `<text:p>${escaped(half)}</text:p>`).join("")}`),
  pptx: ({ title, text }) => pptx(halves(text).map((half) => ({ shapes: shape(escaped(title), "title") + shape(escaped(half), "body") }))),
  epub: ({ title, text }) => epub(halves(text).map((half, i) => ({ file: `c${i}.xhtml`, title: escaped(title), html: `<h1>${escaped(title)}</h1><p>${escaped(half)}</p>` }))),
  xlsx: ({ title, text }) => {
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet([["Part", "Text"], ...text.split(". ").map((sentence, i) => [`${title} ${i + 1}`, sentence])]), "Sheet");
    return write(book, { type: "buffer", bookType: "xlsx" }) as Uint8Array; // the library types its output as `any`
  },
  pdf: ({ title, text }) => pdf(pagesOf(plain(title), plain(text))),
};

/** Lines of 64 letters, forty to a page. */
function pagesOf(title: string, text: string): PdfPage[] {
  const lines = text.match(/.{1,64}(?:\s|$)/g) ?? [text];
  const pages = Array.from({ length: Math.ceil(lines.length / 40) }, (_, i) => lines.slice(i * 40, (i + 1) * 40));
  return pages.map((page, i) => ({ text: [...(i === 0 ? [{ x: 40, y: 570, size: 14, text: title.slice(0, 45) }] : []), ...page.map((line, k) => ({ x: 40, y: 545 - k * 13, size: 9, text: line.trim() }))] }));
}

/** Real files below this size: one thick book would be all there is to measure. */
const LARGEST = 500_000;

function realFiles(folder: string): string[] {
  return ["mixed", "word", "pdfjs"].flatMap((name) => readdirSync(join(folder, name)).sort().map((file) => join(folder, name, file)))
    .filter((file) => statSync(file).isFile() && statSync(file).size < LARGEST && /\.(?:pdf|docx|xlsx|xls|pptx|epub|html|csv|msg|json|xml|ipynb)$/.test(file));
}

/**
 * Writes `count` files into `folders`, the same share of each kind in each: the real ones of `data`/documents (each once), and SciFact's abstracts in
 * nine formats. Returns how many there are of each ending.
 */
export function writeMixedDocuments(data: string, folders: readonly string[], count: number): Record<string, number> {
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const real = realFiles(join(data, "documents"));
  const articles = readFileSync(join(data, "data", "scifact", "corpus.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Article);
  const endings = Object.keys(writers);
  const counts: Record<string, number> = {};
  for (let i = 0, generated = 0; i < count; i++) {
    const folder = folders[i % folders.length] ?? "";
    // Spread evenly over the whole.
    const file = real[Math.floor(((i + 1) * real.length) / count) - 1];
    const takesReal = Math.floor(((i + 1) * real.length) / count) > Math.floor((i * real.length) / count);
    const ending = takesReal && file ? extname(file).slice(1) : (endings[generated % endings.length] ?? "md");
    const to = join(folder, `${String(i).padStart(4, "0")}.${ending}`);
    if (takesReal && file) copyFileSync(file, to);
    else writeFileSync(to, writers[ending]?.(articles[generated++] ?? { title: "", text: "" }) ?? "");
    counts[ending] = (counts[ending] ?? 0) + 1;
  }
  return counts;
}
