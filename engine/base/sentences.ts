/** Half-open range of UTF-16 code units. */
export interface SentenceRange {
  readonly start: number;
  readonly end: number;
}

/** Always followed by what they belong to, never by a new sentence. Compared without case, without the final full stop. */
const ABBREVIATIONS = [
  // English
  "dr", "mr", "mrs", "ms", "prof", "rev", "hon", "gov", "gen", "col", "lt", "sgt", "capt", "st", "mt", "ft", "vs", "cf", "viz", "approx", "ca",
  "fig", "figs", "eq", "eqs", "sec", "ch", "chap", "vol", "vols", "art", "arts", "para", "ref", "refs", "ex", "ed", "eds", "pp", "no", "nos", "al",
  "e\\.g", "i\\.e", "e\\. g", "i\\. e", "u\\.s", "u\\.k", "ph\\.d",
  // German
  "nr", "bzw", "vgl", "abb", "abs", "tab", "kap", "bd", "hr", "hrn", "fr", "str", "sog", "ggf", "evtl", "inkl", "zzgl", "abzgl", "mind", "max", "min",
  "z\\.\\s?b", "d\\.\\s?h", "u\\.\\s?a", "u\\.\\s?u", "o\\.\\s?ä", "i\\.\\s?d\\.\\s?r", "v\\.\\s?a", "s\\.\\s?o", "s\\.\\s?u", "z\\.\\s?t", "i\\.\\s?v\\.\\s?m",
  // French, Spanish, Italian
  "mme", "mlle", "env", "p\\.\\s?ex", "sr", "sra", "srta", "dra", "núm", "pág", "sig", "dott", "avv", "ecc",
];

/** "no" and a few others are also plain words: they count as abbreviations only before a number. */
const BEFORE_NUMBERS = ["no", "nos", "art", "arts", "ch", "sec", "max", "min", "mind", "tab", "fr", "ed", "ex", "ref", "al", "col", "gen", "capt", "eq", "fig", "p", "s", "pp", "pág", "st", "ft", "str", "para", "sig"];
const ALWAYS = ABBREVIATIONS.filter((word) => !["no", "nos", "max", "min", "mind", "tab", "ex", "ft", "para", "al", "str", "ref"].includes(word));

const MONTHS = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jahrhundert|Jh|Jahrestag|Auflage|Kapitel|Klasse|Stock|Platz";
const STARTERS = "The|This|That|These|Those|It|He|She|We|They|You|I|In|On|At|A|An|But|And|If|When|For|Der|Die|Das|Es|Er|Sie|Wir|Ein|Eine|Im|Am|Und|Aber|Wenn";

const boundary = "(?<![\\p{L}\\p{N}])";
const always = new RegExp(`${boundary}(?:${ALWAYS.join("|")})\\.(?=\\s|[,;:)])`, "giu");
const beforeNumbers = new RegExp(`${boundary}(?:${BEFORE_NUMBERS.join("|")})\\.(?=\\s?[\\p{N}§])`, "giu");
/** "J. Smith", "J. R. R. Tolkien"; not "vitamin C. The". */
const initials = new RegExp(`${boundary}\\p{Lu}\\.(?=\\s?\\p{Lu})(?!\\s(?:${STARTERS})(?!\\p{L}))`, "gu");
/** "am 3. Oktober", and the number of a list item at the start of a line. */
const ordinals = new RegExp(`${boundary}\\d{1,3}\\.(?=\\s(?:${MONTHS}))|(?<=^[ \\t]{0,12})\\d{1,3}\\.(?=[ \\t])`, "gmu");
/** Inside addresses, file names and versions: a terminator that touches what follows ends nothing. */
const inside = /[.?!](?=[\p{Script=Latin}\p{N}/=&_])/gu;
/** Marks right behind a full stop, as answers and encyclopedias have them: "so it is.[1][2] Next". */
const marks = /(?<=[.!?。！？]["'”’»)]?)(?:\s?\[\d{1,3}(?:,\s?\d{1,3})*\])+/gu;
/** "Really?" she asked; "Yahoo! is": a question or exclamation that goes on in lower case. */
const goesOn = /[?!…](?=["'”’»)]{0,4}\s{1,12}\p{Ll})/gu;
/** A line that was only wrapped: it neither ends a sentence nor is followed by a list item, a heading or an empty line. */
const wrapped = /(?<=[\p{L}\p{N},;\-–—)])[ \t]{0,12}\r?\n[ \t]{0,40}(?=\p{Ll})/gu;

/** Hides what looks like an end and is none, keeping every offset. */
function masked(text: string): string {
  const hide = (match: string) => match.replace(/[.?!…]/gu, "_");
  return text
    .replace(wrapped, (match) => " ".repeat(match.length))
    .replace(marks, (match) => ")".repeat(match.length))
    .replace(always, hide)
    .replace(beforeNumbers, hide)
    .replace(initials, hide)
    .replace(ordinals, hide)
    .replace(inside, "_")
    .replace(goesOn, "_");
}

/** Intl.Segmenter takes time in proportion to the whole string for every step, so it is given windows of this many code units. */
const WINDOW = 4096;

/** Sentence segments of one line, without gaps. A window that is one segment from end to end grows. */
function* segments(line: string, segmenter: Intl.Segmenter): Generator<SentenceRange, void, void> {
  let start = 0;
  let window = WINDOW;
  while (start < line.length) {
    const found = [...segmenter.segment(line.slice(start, start + window))];
    const atEnd = start + window >= line.length;
    if (!atEnd && found.length === 1) {
      window *= 4;
      continue;
    }
    // The window's last segment may be cut: it is read again, whole, as the first of the next window.
    const whole = atEnd ? found : found.slice(0, -1);
    for (const { index, segment } of whole) yield { start: start + index, end: start + index + segment.length };
    start += whole.reduce((length, { segment }) => length + segment.length, 0);
    window = WINDOW;
  }
}

/**
 * The sentences of a text, in order, without the white space around them; nothing but white space lies between two of them.
 * Boundaries are Unicode's (Intl.Segmenter), mended for abbreviations, numbers, initials, wrapped lines and citation marks; a
 * line break ends a sentence unless the line was only wrapped.
 */
export function sentenceRanges(text: string, language?: string): SentenceRange[] {
  const segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
  const ranges: SentenceRange[] = [];
  for (const line of masked(text).matchAll(/[^\n]+/g)) {
    if (line[0].trim() === "") continue;
    for (const { start, end } of segments(line[0], segmenter)) {
      const segment = line[0].slice(start, end);
      const lead = segment.length - segment.trimStart().length;
      const length = segment.trim().length;
      if (length > 0) ranges.push({ start: line.index + start + lead, end: line.index + start + lead + length });
    }
  }
  return ranges;
}
