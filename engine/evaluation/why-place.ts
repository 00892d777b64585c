import { LorekeepError } from "../base/errors.ts";
import { documentText, type CharRange } from "../contract/document.ts";
import type { WhyInput, WhyReport, WhyStep } from "../contract/evaluation.ts";
import type { Passage } from "../contract/search.ts";
import type { DocumentRecord } from "../ingest/registry/records.ts";
import type { EvaluationMeans } from "./means.ts";
import { findPhrase, foldText, nearestPhrase, type Nearest } from "./phrase.ts";

export type Verdict = WhyReport["verdict"];

/** Where what was expected stands; or the verdict, where it never came into the index. */
export interface Placed {
  readonly steps: WhyStep[];
  readonly verdict?: Verdict;
  /** The documents that hold it, the likeliest first. */
  readonly documents: readonly DocumentRecord[];
  /** Their passages that hold it. */
  readonly expected: readonly Passage[];
}

/** Documents whose text is looked through for a phrase that no search finds. */
const MOST_SCANNED = 2000;
const MOST_DOCUMENTS = 12;
const ALL_PASSAGES = 1_000_000;
/** Below this share of its words "nearest" would be any sentence. */
const WORTH_SHOWING = 0.4;

const everything = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };

/** File -> text -> passages. @throws LorekeepError INVALID where nothing was expected. */
export async function place(input: WhyInput, means: EvaluationMeans, signal?: AbortSignal): Promise<Placed> {
  const phrase = input.phrase?.trim();
  const wanted = input.document?.trim();
  if (!phrase && !wanted) throw new LorekeepError("INVALID", { reason: "Say what was expected: words that stand in the document, or the document.", field: "phrase" });
  const records = [...means.library.parts.registry.all()];
  if (records.length === 0) return lost("file", "There are no documents in the library.", { code: "no-documents", sentence: "The library is empty.", change: { kind: "add-document", sentence: "Add the document." } });
  const placed = await (wanted ? inNamed(records, wanted, phrase, means) : inAny(records, phrase ?? "", means, signal));
  return withTry(placed, input);
}

/** Looking for the nearest words instead is tried with a click; that they stand there is known, so it is not tried before. */
function withTry(placed: Placed, input: WhyInput): Placed {
  const { verdict, steps } = placed;
  const quote = steps.at(-1)?.quote;
  if (verdict?.change?.kind !== "nearest-phrase" || quote === undefined) return placed;
  return { ...placed, verdict: { ...verdict, change: { ...verdict.change, try: { ...input, phrase: quote } } } };
}

function lost(name: WhyStep["name"], sentence: string, verdict: Verdict, more: Partial<WhyStep> & { before?: WhyStep[]; documents?: readonly DocumentRecord[] } = {}): Placed {
  const { before = [], documents = [], ...step } = more;
  return { steps: [...before, { name, state: "cut", sentence, ...step }], verdict, documents, expected: [] };
}

/** By id, path, name, end of the path, or part of it, in this order; all that fit equally well. */
function named(records: readonly DocumentRecord[], wanted: string): DocumentRecord[] {
  const folded = wanted.toLowerCase();
  const tests: ((record: DocumentRecord) => boolean)[] = [
    ({ id }) => id === wanted, ({ path }) => path === wanted, ({ name }) => name.toLowerCase() === folded,
    ({ path }) => path.toLowerCase().endsWith(folded), ({ path, title }) => `${path}\n${title ?? ""}`.toLowerCase().includes(folded),
  ];
  for (const test of tests) {
    const found = records.filter(test);
    if (found.length > 0) return found.slice(0, MOST_DOCUMENTS);
  }
  return [];
}

async function inNamed(records: readonly DocumentRecord[], wanted: string, phrase: string | undefined, means: EvaluationMeans): Promise<Placed> {
  const found = named(records, wanted);
  const [first] = found;
  if (!first) return lost("file", `No document of the library is called “${wanted}”.`, { code: "no-such-document", sentence: `“${wanted}” is not in the library.`, change: { kind: "add-document", sentence: `Add “${wanted}” to the library.` } });
  const indexed = found.filter((record) => record.state === "indexed");
  if (indexed.length === 0) return unread(first);
  const step: WhyStep = { name: "file", state: "ok", sentence: `${indexed.map(({ name }) => `“${name}”`).join(", ")} ${indexed.length === 1 ? "is" : "are"} in the library and read.` };
  return within(indexed, phrase, step, means);
}

function unread(record: DocumentRecord): Placed {
  const about = { documents: [record] };
  const said = record.reason?.message ?? "";
  if (record.state === "recognising") return awaitsRecognition(record);
  if (record.reason?.code === "no-text-layer" || record.reason?.code === "no-text") {
    return lost("file", `“${record.name}” was read, but no text was found in it. ${said}`, { code: "needs-ocr", sentence: `“${record.name}” has no text that could be searched.`, change: { kind: "ocr", sentence: "Run text recognition (OCR) over it, or add a version with a text layer." } }, about);
  }
  if (record.state === "queued" || record.state === "reading" || record.state === "embedding") {
    return lost("file", `“${record.name}” is still ${record.state === "queued" ? "waiting to be read" : "being read"}.`, { code: "not-read-yet", sentence: `“${record.name}” is not in the index yet.`, change: { kind: "wait", sentence: "Wait until it is indexed and ask again." } }, about);
  }
  const sentence = record.state === "cancelled" ? `Reading “${record.name}” was cancelled.` : `“${record.name}” could not be read. ${said}`;
  return lost("file", sentence.trim(), { code: "not-readable", sentence: `“${record.name}” is not in the index.`, change: { kind: "retry", sentence: record.reason?.next ?? "Read it again." } }, about);
}

/** All its text is in pictures, which are not recognised yet: by themselves, or once a person says so. */
function awaitsRecognition(record: DocumentRecord): Placed {
  const { state, pictures = 0, done = 0 } = record.recognition ?? {};
  const left = `${pictures - done} of ${pictures} ${pictures === 1 ? "picture" : "pictures"}`;
  const lead = `All text of “${record.name}” is in pictures; ${left} ${pictures - done === 1 ? "is" : "are"} not recognised yet.`;
  return state === "ask"
    ? lost("file", `${lead} It waits for your word.`, { code: "needs-ocr", sentence: `“${record.name}” has no text that could be searched.`, change: { kind: "ocr", sentence: "Start text recognition (Library, the line above the table)." } }, { documents: [record] })
    : lost("file", lead, { code: "not-read-yet", sentence: `“${record.name}” is not in the index yet.`, change: { kind: "wait", sentence: "Wait until its pictures are recognised and ask again." } }, { documents: [record] });
}

/** A phrase without a document: where the words lead to, then through all texts. */
async function inAny(records: readonly DocumentRecord[], phrase: string, means: EvaluationMeans, signal: AbortSignal | undefined): Promise<Placed> {
  const { store } = means.answering;
  const hits = await store.searchLexical(phrase, everything, 200);
  const first = [...new Set(hits.map(({ passage }) => passage.documentId))];
  const rest = records.filter(({ id, state }) => state === "indexed" && !first.includes(id)).map(({ id }) => id);
  const searched = [...first, ...rest.slice(0, MOST_SCANNED)];
  const found: DocumentRecord[] = [];
  for (const [i, id] of searched.entries()) {
    signal?.throwIfAborted();
    if (found.length >= MOST_DOCUMENTS || (found.length > 0 && i >= first.length)) break;
    const record = means.library.parts.registry.find(id);
    if (record && findPhrase(foldText(await textOf(id, means)), phrase).length > 0) found.push(record);
  }
  if (found.length === 0) return nowhere(records, phrase, hits.map(({ passage }) => passage), rest.length > MOST_SCANNED);
  const names = found.slice(0, 3).map(({ name }) => `“${name}”`).join(", ");
  return within(found, phrase, { name: "file", state: "ok", sentence: `The words stand in ${names}${found.length > 3 ? ` and ${found.length - 3} more` : ""}.` }, means);
}

function nowhere(records: readonly DocumentRecord[], phrase: string, similar: readonly Passage[], cutShort: boolean): Placed {
  const near = similar.slice(0, 50).map((passage) => ({ passage, nearest: nearestPhrase(passage.text, phrase) })).filter(({ nearest }) => nearest !== undefined)
    .sort((a, b) => (b.nearest?.share ?? 0) - (a.nearest?.share ?? 0))[0];
  const unreadable = records.filter(({ state }) => state === "failed").length;
  const waiting = records.filter(({ state }) => state === "queued" || state === "reading" || state === "embedding").length;
  const pictures = records.filter(({ recognition }) => recognition && recognition.state !== "done").length;
  const remarks = [pictures > 0 ? `${pictures} ${pictures === 1 ? "has" : "have"} pictures whose text is not recognised` : "", unreadable > 0 ? `${unreadable} could not be read` : "", waiting > 0 ? `${waiting} are not read yet` : "", cutShort ? `only ${MOST_SCANNED} texts were looked through` : ""].filter(Boolean);
  const quote = near?.nearest && near.nearest.share >= WORTH_SHOWING ? near.passage.text.slice(near.nearest.range.start, near.nearest.range.end) : undefined;
  const sentence = `These words stand in no document that was read${remarks.length > 0 ? ` (${remarks.join(", ")})` : ""}.`;
  const change = waiting > 0 ? { kind: "wait" as const, sentence: "Wait until everything is indexed and ask again." }
    : quote === undefined ? { kind: "add-document" as const, sentence: "Add the document that says it." }
      : { kind: "nearest-phrase" as const, sentence: `Look for “${quote}” instead, which stands in “${near?.passage.title ?? near?.passage.path ?? ""}”.` };
  return lost("file", sentence, { code: "phrase-nowhere", sentence: `“${phrase}” is not in your documents, word for word.`, change }, quote === undefined ? {} : { quote });
}

async function within(records: readonly DocumentRecord[], phrase: string | undefined, file: WhyStep, means: EvaluationMeans): Promise<Placed> {
  if (!phrase) {
    const passages = (await Promise.all(records.map(({ id }) => means.answering.store.neighbours(id, 0, ALL_PASSAGES)))).flat();
    const step: WhyStep = { name: "passages", state: "ok", sentence: `It is cut into ${passages.length} ${passages.length === 1 ? "passage" : "passages"}; any of them counts.` };
    return { steps: [file, step], documents: records, expected: passages };
  }
  const places = await Promise.all(records.map(async (record) => ({ record, ...(await inText(record.id, phrase, means)) })));
  const holding = places.filter(({ ranges }) => ranges.length > 0);
  if (holding.length === 0) return notInText(records, places.map(({ text }) => nearestIn(text, phrase)), file);
  const first = holding[0];
  const quote = first ? around(first.text, first.ranges[0]) : undefined;
  const count = holding.reduce((sum, { ranges }) => sum + ranges.length, 0);
  const text: WhyStep = { name: "text", state: "ok", sentence: count === 1 ? "The words stand in the text that was read, once." : `The words stand in the text that was read, ${count} times.`, ...(quote ? { quote } : {}) };
  const expected = (await Promise.all(holding.map(({ record, ranges }) => covering(record.id, ranges, means)))).flat();
  const documents = holding.map(({ record }) => record);
  if (expected.length === 0) return lost("passages", "No passage covers these words.", { code: "in-no-passage", sentence: "The words were read, but are in no passage of the index.", change: { kind: "retry", sentence: "Read the document again." } }, { before: [file, text], documents });
  const step: WhyStep = { name: "passages", state: "ok", sentence: `${expected.length === 1 ? "One passage holds" : `${expected.length} passages hold`} them: ${placesOf(expected)}.` };
  return { steps: [file, text, step], documents, expected };
}

function notInText(records: readonly DocumentRecord[], nearest: readonly ({ quote: string; share: number } | undefined)[], file: WhyStep): Placed {
  const best = nearest.filter((one) => one !== undefined).sort((a, b) => b.share - a.share)[0];
  const scanned = records.find(({ warnings, recognition }) => (recognition ? recognition.state !== "done" : warnings.some(({ code }) => code === "no-text-layer")));
  const shown = best && best.share >= WORTH_SHOWING ? best.quote : undefined;
  const verdict: Verdict = scanned
    ? { code: "needs-ocr", sentence: `The words are not in the text of “${scanned.name}”, and some of its pictures are not recognised.`, change: { kind: "ocr", sentence: "Run text recognition (OCR) over it, or add a version with a text layer." } }
    : { code: "phrase-not-in-document", sentence: "The words are not in the text of the document.", change: shown === undefined ? { kind: "add-document", sentence: "Look at what was read (Library, “What was read”), or name another document." } : { kind: "nearest-phrase", sentence: `Look for the nearest words instead: “${shown}”.` } };
  return lost("text", shown === undefined ? "The words do not stand in the text that was read, nor anything like them." : `The words do not stand in the text that was read. The nearest are these (${Math.round((best?.share ?? 0) * 100)} % of the words).`, verdict, { before: [file], documents: records, ...(shown === undefined ? {} : { quote: shown }) });
}

async function textOf(id: string, { library }: EvaluationMeans): Promise<string> {
  return documentText((await library.parts.shelf.read(id)).blocks);
}

async function inText(id: string, phrase: string, means: EvaluationMeans): Promise<{ text: string; ranges: CharRange[] }> {
  const text = await textOf(id, means);
  return { text, ranges: findPhrase(text, phrase) };
}

function nearestIn(text: string, phrase: string): { quote: string; share: number } | undefined {
  const found: Nearest | undefined = nearestPhrase(text, phrase);
  return found && { quote: text.slice(found.range.start, found.range.end), share: found.share };
}

/** Passages that hold a whole occurrence; where a passage's end cuts it, those that hold its parts. */
async function covering(id: string, ranges: readonly CharRange[], { answering }: EvaluationMeans): Promise<Passage[]> {
  const passages = await answering.store.neighbours(id, 0, ALL_PASSAGES);
  const whole = passages.filter(({ range }) => ranges.some(({ start, end }) => range.start <= start && range.end >= end));
  return whole.length > 0 ? whole : passages.filter(({ range }) => ranges.some(({ start, end }) => range.start < end && range.end > start));
}

function around(text: string, range: CharRange | undefined): string | undefined {
  if (!range) return undefined;
  const [start, end] = [Math.max(0, range.start - 60), Math.min(text.length, range.end + 60)];
  return `${start > 0 ? "…" : ""}${text.slice(start, end).replace(/\s+/g, " ").trim()}${end < text.length ? "…" : ""}`;
}

function placesOf(passages: readonly Passage[]): string {
  const shown = passages.slice(0, 3).map(({ position, page, headingPath }) => [`passage ${position + 1}`, page === undefined ? "" : `page ${page}`, headingPath.at(-1) ? `under “${headingPath.at(-1)}”` : ""].filter(Boolean).join(", "));
  return `${shown.join("; ")}${passages.length > 3 ? "; …" : ""}`;
}
