import type { DocumentFormat } from "../../contract/document.ts";
import type { RecognisedFilter, SearchFilter, SearchSettings, Understood } from "../../contract/search.ts";
import { subjects } from "./subjects.ts";
import { terms } from "../words/terms.ts";

export interface UnderstandOptions {
  /** What the person set; it holds in any case, and what the question says narrows it. */
  readonly filter: SearchFilter;
  readonly settings: Pick<SearchSettings, "understandFilters" | "splitParts">;
  /** Words that are not to be taken for a filter. */
  readonly ignore: readonly string[];
  readonly now: Date;
}

/** A condition with what is taken out of the question for it. */
type Recognised = RecognisedFilter & { readonly remove: string };

/** What a question asks for, where, and in how many parts. Rules only; the same question is always understood in the same way, but for today's date. */
export function understand(question: string, options: UnderstandOptions): Understood {
  const recognised = options.settings.understandFilters ? [...files(question), ...types(question), ...dates(question, options.now)].filter(({ words }) => !options.ignore.includes(words)) : [];
  const text = recognised.reduce((rest, { remove }) => rest.replace(remove, " "), question).replace(/\s+/g, " ").replace(/\s+([?!.,;])/g, "$1").trim();
  // A question that is nothing but a condition is searched for as it stands.
  const asked = terms(text).length > 0 ? text : question;
  const filters = recognised.map(({ kind, words, filter }) => ({ kind, words, filter }));
  return { parts: options.settings.splitParts ? parts(asked) : [asked], filters, filter: filters.reduce((all, one) => narrowed(all, one.filter), options.filter) };
}

/** What the person set stays where both say something about the same. */
function narrowed(all: SearchFilter, one: SearchFilter): SearchFilter {
  return { ...one, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length > 0))) };
}

const EXTENSIONS = "pdf|docx?|pptx?|xlsx?|ods|odt|csv|tsv|html?|md|txt|jsonl?|xml|eml|msg|epub|rtf|ipynb|sqlite";
const fileName = new RegExp(`(?:(?:in|from|of|according to|im|aus|laut|dans|selon|en|según)\\s+(?:(?:the|my|our|der|dem|die|das|le|la|el)\\s+)?(?:(?:file|document|datei|dokument|fichier|archivo)\\s+)?)?["“„«]?((?:[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*)\\.(?:${EXTENSIONS}))(?![\\p{L}\\p{N}])["”“»]?`, "giu");

function files(question: string): Recognised[] {
  return [...question.matchAll(fileName)].map(([remove, name = ""]) => ({ kind: "file", words: name, filter: { path: name }, remove }));
}

const KINDS: readonly (readonly [string, readonly DocumentFormat[]])[] = [
  ["pdfs?|pdf[ -](?:files?|documents?|dateien)", ["pdf"]],
  ["word (?:files?|documents?)|word-(?:dateien|dokumente?n?)", ["docx", "odt", "rtf"]],
  ["spreadsheets?|excel (?:files?|sheets?)|excel-(?:dateien|tabellen)|tabellenblätter[n]?", ["xlsx", "xls", "ods", "csv", "tsv"]],
  ["slides|slide decks?|powerpoints?|folien|präsentation(?:en)?", ["pptx"]],
  ["e-?mails|mails", ["eml", "msg"]],
  ["e-?books?", ["epub"]],
];

function types(question: string): Recognised[] {
  return KINDS.flatMap(([names, formats]) => {
    const found = new RegExp(`(?<!\\p{L})(?:in|from|among|aus|in den)\\s+(?:(?:the|my|our|all|all the|den|dem|meinen|unseren|allen)\\s+)?(?:${names})(?![\\p{L}\\p{N}])`, "iu").exec(question);
    return found ? [{ kind: "type" as const, words: found[0], filter: { formats: [...formats] }, remove: found[0] }] : [];
  });
}

/** Words for documents: "last year's contract" is a file of last year, "last year's winner" is not. */
const DOCUMENTS = "contracts?|agreements?|reports?|invoices?|minutes|notes?|handbooks?|manuals?|slides?|letters?|e-?mails?|files?|documents?|budgets?|offers?|proposals?|presentations?|polic(?:y|ies)|papers?|vertrag|verträge|bericht|berichte|rechnung|rechnungen|protokolle?|notizen|handbuch|brief|briefe|dateien?|dokumente?|angebote?";
const relative = new RegExp(`(?<!\\p{L})((?:last|this) (?:year|month|week)(?:['’]s)?)(?=\\s+(?:${DOCUMENTS})(?!\\p{L}))`, "iu");
const germanRelative = new RegExp(`(?:${DOCUMENTS})\\s+((?:vom|aus dem|von) (?:letzten|diesem) (?:jahr|monat))(?!\\p{L})`, "iu");
const documentsOf = new RegExp(`(?<!\\p{L})(?:${DOCUMENTS})\\s+((?:from|of|von|aus)\\s+((?:19|20)\\d\\d))(?!\\p{Nd})`, "iu");
const sinceUntil = new RegExp(`(?<!\\p{L})(?:${DOCUMENTS})\\s+(?:that (?:were )?)?((?:modified|changed|written|geändert)\\s+(after|since|before|nach|seit|vor)\\s+((?:19|20)\\d\\d(?:-\\d\\d(?:-\\d\\d)?)?))`, "iu");

function dates(question: string, now: Date): Recognised[] {
  const said = relative.exec(question) ?? germanRelative.exec(question);
  if (said?.[1]) return [dated(said[1], spanOf(said[1], now))];
  const year = documentsOf.exec(question);
  if (year?.[1]) return [dated(year[1], between(Number(year[2]), 0, 12))];
  const side = sinceUntil.exec(question);
  if (!side?.[1] || !side[3]) return [];
  return [dated(side[1], /before|vor/i.test(side[2] ?? "") ? { modifiedBefore: iso(side[3]) } : { modifiedAfter: iso(side[3]) })];
}

const dated = (words: string, filter: SearchFilter): Recognised => ({ kind: "date", words, filter, remove: words });
/** A year or a month stands for its first day. */
const iso = (text: string): string => `${text}${"-01-01".slice(text.length - 4)}`;

function spanOf(words: string, now: Date): SearchFilter {
  const back = /last|letzten/i.test(words) ? 1 : 0;
  if (/week/i.test(words)) {
    const monday = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - ((now.getUTCDay() + 6) % 7) - 7 * back);
    return { modifiedAfter: new Date(monday).toISOString(), modifiedBefore: new Date(monday + 7 * 86_400_000).toISOString() };
  }
  if (/month|monat/i.test(words)) return between(now.getUTCFullYear(), now.getUTCMonth() - back, 1);
  return between(now.getUTCFullYear() - back, 0, 12);
}

/** From the beginning of a month (0-based, may lie outside the year) for so many months. */
function between(year: number, month: number, months: number): SearchFilter {
  return { modifiedAfter: new Date(Date.UTC(year, month, 1)).toISOString(), modifiedBefore: new Date(Date.UTC(year, month + months, 1)).toISOString() };
}

const QUESTION_WORDS = "who|whom|whose|what|when|where|which|why|how|wer|wen|wem|wessen|was|wann|wo|welche[rsnm]?|warum|wieso|wie|qui|que|quand|où|pourquoi|comment|combien|quién|qué|cuándo|dónde|cómo";
const seam = new RegExp(`\\?\\s+(?=\\S)|[,;]?\\s+(?:and|und|et|y)\\s+(?=(?:${QUESTION_WORDS})(?!\\p{L}))`, "iu");
const MOST_PARTS = 3;

/**
 * "When was it built, and who paid for it?" is two questions. Each part must ask something of its own; what the first one is about comes along
 * with a part that names nothing itself.
 */
function parts(question: string): string[] {
  const pieces: string[] = [];
  let rest = question;
  for (let found = seam.exec(rest); found && pieces.length < MOST_PARTS - 1; found = seam.exec(rest)) {
    pieces.push(rest.slice(0, found.index).trim());
    rest = rest.slice(found.index + found[0].length);
  }
  pieces.push(rest.trim());
  const opens = new RegExp(`^(?:${QUESTION_WORDS})(?!\\p{L})`, "iu");
  if (pieces.length < 2 || !pieces.every((piece) => opens.test(piece) && terms(piece).length >= 1) || terms(pieces[0] ?? "").length < 2) return [question];
  const about = subjects(pieces[0] ?? "").length > 0 ? subjects(pieces[0] ?? "") : terms(pieces[0] ?? "").map(({ word }) => word);
  return pieces.map((piece, i) => (i === 0 || subjects(piece).length > 0 ? piece : `${piece.replace(/\?$/, "")} (${about.join(", ")})?`));
}
