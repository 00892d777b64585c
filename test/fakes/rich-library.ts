import type { Document, DocumentFormat, DocumentReason } from "../../engine/contract/index.ts";
import { buildDocument } from "./corpus.ts";
import type { FakeWorld } from "./fake-world.ts";

const reasons: DocumentReason[] = [
  { code: "encrypted", message: "This PDF is protected by a password.", next: "Enter the password to read it." },
  { code: "wrong-password", message: "The password did not open this document." },
  { code: "no-text-layer", message: "All 48 pages are pictures: there is no text layer." },
  { code: "missing", message: "The file is no longer at /home/ada/Archive." },
  { code: "unsupported", message: "Lorekeep cannot read this kind of file (AutoCAD drawing)." },
  { code: "too-large", message: "The file has 812 MB, more than the 500 MB set as the limit." },
  { code: "corrupt", message: "The file is damaged: its table of contents cannot be read." },
  { code: "timed-out", message: "Reading took longer than 5 minutes and was stopped." },
  { code: "empty", message: "The file is empty." },
];
const names: [string, DocumentFormat][] = [
  ["Mietvertrag Hauptstraße 12 – Änderungsvereinbarung vom 3. März 2024 (unterschrieben, eingescannt, endgültige Fassung).pdf", "pdf"],
  ["Jahresabschluss 2023.xlsx", "xlsx"], ["Board minutes 2024-05.docx", "docx"], ["Re: Re: Angebot Wärmepumpe.eml", "eml"], ["quarterly-review.pptx", "pptx"],
  ["notes.md", "markdown"], ["customers.csv", "csv"], ["Der Zauberberg.epub", "epub"], ["research.ipynb", "ipynb"], ["invoice_export.json", "json"], ["parser.ts", "code"], ["contacts.sqlite", "sqlite"],
];
const at = <T>(list: readonly T[], index: number): T => { const found = list[index % list.length]; if (found === undefined) throw new Error("The list is empty."); return found; };

/** Fills a fake library with everything a real one has after a year: every format and reason, long and German names, tags, private ones, a folder that is away. */
export function enrich(world: FakeWorld, count: number): void {
  const failures = Math.min(60, Math.ceil(count / 12));
  for (let index = 0; index < count; index++) {
    const [name, format] = at(names, index);
    const entry = buildDocument({
      name: index < names.length ? name : name.replace(/(\.\w+)$/, ` ${index}$1`), format, collectionId: at(["c-main", "c-work", "c-diary"], Math.floor(index / 7)), ...(index % 4 === 1 ? { title: `A title of its own, number ${index}` } : {}),
      pieces: [{ page: 1 }, { h: `Section ${index}` }, { p: `Document ${index} says that the notice period is ${(index % 11) + 1} months.` }, { page: 2 }, { h: "Zweiter Teil", level: 2 }, { p: "Die Kündigungsfrist beträgt drei Monate zum Quartalsende. Übrige Bestimmungen bleiben unberührt." }],
    }, world.id("d"));
    Object.assign(entry.document, {
      sizeBytes: 900 * (index + 3) ** 2, passages: ((index * 37) % 900) + 1, added: new Date(Date.UTC(2026, 9, 1) - index * 3_600_000).toISOString(), modified: new Date(Date.UTC(2026, 10, 20) - index * 47_000_000).toISOString(),
      private: index % 17 === 5, tags: index % 9 === 2 ? ["contract", "2024"] : [], origin: at(["file", "folder", "upload"] as const, index),
      warnings: index % 23 === 4 ? [{ code: "page-unreadable", message: "Page 7 could not be read.", page: 7 }, { code: "no-text-layer", message: "Page 12 has no text layer.", page: 12 }] : [],
    } satisfies Partial<Document>);
    if (index % 3 === 0 && index / 3 < failures) Object.assign(entry.document, { state: "failed", passages: 0, reason: at(reasons, index / 3) });
    else if (index % 41 === 7) Object.assign(entry.document, { state: "cancelled", passages: 0 });
    world.documents.set(entry.document.id, entry);
  }
  world.folders = [
    { id: "f-1", path: "/home/ada/Documents/Verträge und Vereinbarungen der Hausverwaltung", collectionId: "c-work", state: "watching", documents: 214 },
    { id: "f-2", path: "/media/ada/USB/Archive", collectionId: "c-main", state: "missing", documents: 31 },
  ];
}
