import { confidenceOf, documentText, type DocumentFormat, type Extraction } from "../contract/document.ts";
import type { Recognition } from "../contract/library.ts";
import { detectLanguage } from "../knowledge/language.ts";
import type { DocumentWithPassages, StoredDocument, StoredPassage } from "../knowledge/store.ts";
import { chunk, type Chunk } from "./steps/chunk.ts";
import type { EmbedLane } from "./steps/embed.ts";
import type { Extracted, ReaderPool, Source } from "./steps/extract.ts";
import type { ExtractionShelf } from "./steps/extractions.ts";
import { Refused, withoutRecognition, withoutText } from "./registry/reasons.ts";
import { beyondLimit, noLanguageData, otherLanguage } from "./recognise/languages.ts";
import { withRecognised } from "./recognise/merge.ts";
import { cachedPictures, type PageCache } from "./recognise/page-cache.ts";
import type { GroupCommit } from "./steps/store.ts";

/** The machines of the four steps, shared by all documents. */
export interface IngestSteps {
  readonly readers: ReaderPool;
  readonly embedder: EmbedLane;
  readonly commits: GroupCommit;
  readonly extractions: ExtractionShelf;
  /** Content tokens per passage that are aimed at, and tokens the embedder takes. */
  readonly passageTokens: () => number;
  readonly maxTokens: number;
  readonly recognised: PageCache;
  /** undefined: pictures stay unread. */
  readonly ocr: () => { readonly languages: readonly string[]; readonly maxPages: number; /** The first of the languages without data here. */ readonly missing?: string | undefined } | undefined;
}

/** One document on its way. */
export interface IngestJob {
  readonly id: string;
  readonly source: Source;
  /** false: a person left its pictures unread. */
  readonly recognise: boolean;
  /** Nothing has come of its pictures yet, or a person has asked to read it again: those that could not be recognised are tried once more. */
  readonly afresh: boolean;
  readonly signal: AbortSignal;
  readonly onStep: (step: "reading" | "embedding" | "committing", detail: { characters: number; passages: number }) => void;
  readonly onProgress: (fraction: number) => void;
  /** Where the document belongs at the moment of the commit; undefined when it was removed meanwhile. */
  readonly label: () => Pick<StoredDocument, "collectionId" | "path" | "tags"> | undefined;
}

export interface Ingested {
  readonly format: DocumentFormat;
  readonly title?: string;
  readonly pages?: number;
  readonly warnings: Extraction["warnings"];
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** 0 with `recognition` not done: nothing is stored yet, since all its text is in pictures. */
  readonly passages: number;
  readonly recognition?: Pick<Recognition, "pictures" | "done" | "confidence">;
}

/** Characters before the middle from which the language is told. */
const LANGUAGE_SAMPLE = 1000;

/** What was read, and what it is written in. */
interface Read extends Extracted {
  readonly characters: number;
  readonly language?: string;
  readonly recognition?: Ingested["recognition"];
}

/**
 * Documents to knowledge, the sentence: extract, chunk, embed, store. Whatever ends it early is thrown: `Refused` with the
 * document's reason, the signal's reason when it was stopped, anything else unexpected. What is already recognised in its pictures is part
 * of its text; what is not yet is left to the recogniser, which sends the document here again.
 */
export async function ingestDocument(job: IngestJob, steps: IngestSteps): Promise<Ingested> {
  const read = await extract(job, steps);
  const chunks = await chunked(read, job, steps);
  const kept = await steps.extractions.pack(read.extraction);
  if (chunks.length === 0) {
    await steps.extractions.keep(job.id, kept);
    return summary(read, 0);
  }
  job.onStep("embedding", { characters: read.characters, passages: chunks.length });
  const passages = await steps.embedder.embed(chunks, job);
  job.onStep("committing", { characters: 0, passages: passages.length });
  await store(job, steps, { read, passages, kept });
  return summary(read, passages.length);
}

async function extract(job: IngestJob, steps: IngestSteps): Promise<Read> {
  const onStart = () => job.onStep("reading", { characters: 0, passages: 0 });
  const extracted = await steps.readers.extract(job.source, { signal: job.signal, onStart, onProgress: job.onProgress });
  if (job.afresh) await steps.recognised.forgetFailures(extracted.contentHash);
  const { extraction, recognition } = await recognised(extracted, steps);
  const text = documentText(extraction.blocks);
  // The beginning is often a title page or an abstract in another language; the middle is the text itself.
  const language = await detectLanguage(text.slice(Math.max(0, text.length / 2 - LANGUAGE_SAMPLE)));
  return { ...extracted, extraction, characters: text.length, ...(language === undefined ? {} : { language }), ...(recognition ? { recognition } : {}) };
}

async function recognised({ extraction, contentHash }: Extracted, steps: IngestSteps): Promise<Pick<Read, "extraction" | "recognition">> {
  const ocr = steps.ocr();
  const all = extraction.pictures ?? [];
  if (!ocr || all.length === 0) return { extraction };
  if (ocr.missing !== undefined) return { extraction: { ...extraction, warnings: [...extraction.warnings, noLanguageData(ocr.missing)] } };
  const pictures = all.slice(0, ocr.maxPages);
  const read = await cachedPictures(steps.recognised, { contentHash, pictures, languages: ocr.languages });
  const merged = withRecognised(extraction, read);
  const whole = pictures.length === all.length ? merged : { ...merged, warnings: [beyondLimit(pictures.length, all.length), ...merged.warnings] };
  const confidence = confidenceOf(whole.blocks);
  const doubt = read.length === pictures.length ? await otherLanguage(whole.blocks, ocr.languages) : undefined;
  return { extraction: doubt ? { ...whole, warnings: [...whole.warnings, doubt] } : whole, recognition: { pictures: pictures.length, done: read.length, ...(confidence === undefined ? {} : { confidence }) } };
}

async function chunked({ extraction, language, recognition }: Read, job: IngestJob, steps: IngestSteps): Promise<Chunk[]> {
  const chunks = await chunk(extraction.blocks, {
    target: steps.passageTokens(), maxTokens: steps.maxTokens,
    countTokens: (texts) => steps.embedder.countTokens(texts, job.signal),
    ...(extraction.title === undefined ? {} : { title: extraction.title }),
    ...(language === undefined ? {} : { language }),
  });
  if (chunks.length > 0) return chunks;
  const awaitsRecognition = recognition !== undefined && recognition.done < recognition.pictures;
  if (!awaitsRecognition) throw new Refused(withoutText(extraction, steps.ocr() !== undefined));
  if (!job.recognise) throw new Refused(withoutRecognition);
  return chunks;
}

/** The extraction first: a committed document can always be shown. */
async function store(job: IngestJob, steps: IngestSteps, made: { read: Read; passages: readonly StoredPassage[]; kept: Buffer }): Promise<void> {
  const { extraction, contentHash, modifiedMs, language } = made.read;
  const item = (): DocumentWithPassages | undefined => {
    const label = job.label();
    return label && {
      document: {
        id: job.id, ...label, format: extraction.format, contentHash, modified: new Date(modifiedMs).toISOString(),
        ...(extraction.title === undefined ? {} : { title: extraction.title }),
        ...(language === undefined ? {} : { language }),
      },
      passages: made.passages,
    };
  };
  await steps.extractions.keep(job.id, made.kept);
  await steps.commits.put(item, made.passages.length, job.signal);
}

function summary({ extraction, contentHash, sizeBytes, modifiedMs, recognition }: Read, passages: number): Ingested {
  return {
    format: extraction.format, warnings: extraction.warnings, contentHash, sizeBytes, modifiedMs, passages,
    ...(extraction.title === undefined ? {} : { title: extraction.title }),
    ...(recognition ? { recognition } : {}),
    ...(extraction.pages.length === 0 ? {} : { pages: extraction.pages.length }),
  };
}
