/** What ingest refuses to go beyond and how it paces itself. Tests narrow them; a person's own choices are in the settings. */
export interface IngestLimits {
  /** Resident memory of one reader process, MiB; its JavaScript heap has half of it. */
  readonly readerMemoryMb: number;
  /** Milliseconds one file may take to read, and more for each MiB of it. */
  readonly readMs: number;
  readonly readMsPerMb: number;
  /** Longest text kept of one document, UTF-16 code units. */
  readonly maxCharacters: number;
  /** Total size of an archive's members once inflated, bytes. */
  readonly maxInflatedBytes: number;
  /** A reader that dies without a reason is asked again this many times before the file is blamed. */
  readonly suddenDeaths: number;
  /** Documents between the start of reading and the end of embedding, beside those that readers work on. */
  readonly lookAhead: number;
  /** Text between reading and the end of embedding beyond which no further file is read, UTF-16 code units. */
  readonly lookAheadCharacters: number;
  /** Passages per call of the embedder: the pause that an answer waits for at most. */
  readonly embedBatch: number;
  /** Documents are committed together when this many passages wait, or the oldest has waited this long (milliseconds). */
  readonly commitPassages: number;
  readonly commitMs: number;
}

export const defaultLimits: IngestLimits = {
  readerMemoryMb: 1024,
  readMs: 120_000,
  readMsPerMb: 5_000,
  maxCharacters: 20_000_000,
  maxInflatedBytes: 1_000_000_000,
  suddenDeaths: 4,
  lookAhead: 16,
  lookAheadCharacters: 4_000_000,
  embedBatch: 16,
  commitPassages: 512,
  commitMs: 1_500,
};
