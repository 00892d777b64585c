import { normaliseLine } from "../../base/normalise.ts";

/** Titles that programs write when nobody gave one. */
const GARBAGE = [
  /^(untitled|unbenannt|sans titre|no ?title|title|titel|document|dokument|presentation|powerpoint presentation|slide ?1?|foglio ?1|sheet(?: ?\d)?|book ?1|doc ?\d+|\(anonymous\)|anonymous|unknown|unspecified|null|undefined|none)\.?\d*$/i,
  /^microsoft (word|powerpoint|excel|office)\b/i,
  /^[\w .()-]+\.(docx?|dotx?|pptx?|xlsx?|indd|qxd|qxp|tex|dvi|ps|eps|pdf|rtf|odt|wpd|p65|fm|cdr|ai|tiff?|jpe?g|png)$/i,
  /^(file|https?):\/\//i,
  /^[\d\W_]+$/,
];
/** Only in metadata, where programs also say what they are: "Microsoft Word - annual report.doc". */
const PROGRAM_PREFIX = /^microsoft (?:word|powerpoint|excel) - /i;

/** A title or author a person would recognise, or undefined. Never a file name or a program's name. */
export function cleanTitle(raw: string | undefined): string | undefined {
  const title = normaliseLine(raw ?? "").replace(PROGRAM_PREFIX, "");
  if (title.length < 2 || title.includes("\uFFFD") || GARBAGE.some((pattern) => pattern.test(title))) return undefined;
  return title.length > 300 ? `${title.slice(0, 299).replace(/\p{Surrogate}$/u, "")}…` : title;
}

/** D:YYYYMMDDHHmmSSOHH'mm' with everything after the year optional. */
const PDF_DATE = /^(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-])(\d{2})'?(\d{2})?'?)?/;

/** ISO 8601 of a date as PDF, mail, office and web formats write it; undefined where it is none. */
export function isoDate(raw: string | undefined): string | undefined {
  const text = raw?.trim();
  if (!text) return undefined;
  const pdf = /^(D:|\d{8})/.test(text) ? PDF_DATE.exec(text) : null;
  const date = new Date(pdf ? pdfDate(pdf) : text);
  const year = date.getUTCFullYear();
  return Number.isNaN(date.getTime()) || year < 1900 || year > 2200 ? undefined : date.toISOString();
}

function pdfDate([, year, month = "01", day = "01", hour = "00", minute = "00", second = "00", , sign, offsetHour, offsetMinute = "00"]: RegExpExecArray): string {
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${sign ? `${sign}${offsetHour}:${offsetMinute}` : "Z"}`;
}
