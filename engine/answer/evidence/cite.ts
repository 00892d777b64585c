import { dot } from "../../base/vectors.ts";
import type { AnswerSentence, Citation } from "../../contract/answers.ts";
import type { AssembledSource } from "../context/assemble.ts";
import { contradiction } from "./contradiction.ts";
import { gatherEvidence, type Evidence, type SourceSentence } from "./evidence.ts";
import { toDocument } from "../context/source-text.ts";
import { statements, type Statement } from "./statements.ts";
import { terms } from "../words/terms.ts";
import { jointSupport, match, semanticSupport, SUPPORTED, takeApart, type Claim, type Match } from "./support.ts";

/** Vectors of sentences, for what is said in other words. */
export type EmbedSentences = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

export interface CiteOptions {
  /** What was asked: its words alone support nothing. */
  readonly question: string;
  /** Absent: by the words alone. */
  readonly embed?: EmbedSentences | undefined;
}

/** Sentences of answer and sources that are embedded at most: a few milliseconds each. */
const MOST_EMBEDDED = 60;
const MOST_CITATIONS = 3;
/** A further sentence must carry at least this share of the claim that the ones before do not. */
const GAIN = 0.15;
/** Between sentences equally good, the one in the source that the model named. */
const MARKED_BONUS = 0.1;
/** A sentence that says otherwise is shown as what there is, and supports no more than this. */
const CONTRADICTED = 0.5;
/** Below this a sentence is no evidence worth showing. */
const WORTH_SHOWING = 0.3;

interface Verdict { readonly statement: Statement; readonly claim: Claim; readonly matches: readonly Match[]; readonly support: number; readonly best: readonly Match[]; /** A source says otherwise. */ readonly contradicted: boolean }

/**
 * Matches every sentence of the answer with the words in the sources that support it, whether or not the model wrote a marker: by the words
 * both share, weighed by their rarity; numbers and names must be there; what is left open is compared by meaning where that is cheap.
 * Flags are {@link check}'s; here they are empty.
 */
export async function cite(answer: string, sources: readonly AssembledSource[], options: CiteOptions): Promise<AnswerSentence[]> {
  const { embed } = options;
  const evidence = gatherEvidence(sources);
  const asked = new Set(terms(options.question).map((term) => term.key));
  const verdicts = statements(answer).map((statement) => judge(statement, evidence, asked));
  const judged = embed ? await byMeaning(verdicts, evidence, embed) : verdicts;
  return judged.map(toSentence);
}

function judge(statement: Statement, evidence: Evidence, asked: ReadonlySet<string>): Verdict {
  const claim = takeApart(statement.content, evidence, asked);
  const matches = statement.claim ? evidence.sentences.map((sentence) => match(claim, sentence)).filter((one) => one.covered.size > 0) : [];
  const against = contradiction(claim, matches);
  const best = against ? [against] : together(claim, matches, statement.marked);
  const support = jointSupport(claim, best);
  return { statement, claim, matches, best, support: against ? Math.min(support, CONTRADICTED) : support, contradicted: against !== undefined };
}

/** The sentence that carries most of the claim, and those that add what it lacks without speaking of someone else. */
function together(claim: Claim, matches: readonly Match[], marked: readonly number[]): Match[] {
  const worth = (one: Match) => jointSupport(claim, [one]) + (marked.includes(one.sentence.source.number) ? MARKED_BONUS : 0);
  const onSubject = matches.filter((one) => sharesName(claim, one));
  const ranked = (onSubject.length > 0 ? onSubject : [...matches]).sort((a, b) => worth(b) - worth(a));
  const taken = ranked.slice(0, 1);
  for (const next of ranked.slice(1)) {
    if (taken.length >= MOST_CITATIONS) break;
    if (gain(claim, taken, next) >= GAIN) taken.push(next);
  }
  return taken;
}

function gain(claim: Claim, taken: readonly Match[], next: Match): number {
  const added = claim.words.reduce((sum, { key }) => {
    const had = Math.max(0, ...taken.map((one) => one.covered.get(key) ?? 0));
    return sum + Math.max(0, (next.covered.get(key) ?? 0) - had);
  }, 0);
  return claim.total === 0 ? 0 : added / claim.total;
}

/**
 * "Krasil lies at 996 metres" must not be put together from Krasil's sentence and another town's 996 metres: evidence speaks of
 * whom the question named, or where it named nobody, of someone the claim names.
 */
function sharesName(claim: Claim, one: Match): boolean {
  const names = claim.words.filter((word) => word.kind !== "number" && claim.hard.has(word.key));
  const asked = names.filter((name) => !claim.fresh.has(name.key));
  const subjects = asked.length > 0 ? asked : names;
  return subjects.length === 0 || subjects.some((name) => one.covered.has(name.key));
}

async function byMeaning(verdicts: readonly Verdict[], evidence: Evidence, embed: EmbedSentences): Promise<Verdict[]> {
  const open = verdicts.filter((one) => one.statement.claim && !one.contradicted && one.support < SUPPORTED).slice(0, MOST_EMBEDDED / 2);
  const sentences = mostLikely(open, evidence, MOST_EMBEDDED - open.length);
  if (open.length === 0 || sentences.length === 0) return [...verdicts];
  const vectors = await embed([...open.map((one) => one.statement.content), ...sentences.map((sentence) => sentence.text)]);
  const vectorOf = new Map(sentences.map((sentence, i) => [sentence, vectors[open.length + i]]));
  return verdicts.map((verdict) => {
    const own = vectors[open.indexOf(verdict)];
    return own ? closest(verdict, own, vectorOf) : verdict;
  });
}

/** Of many source sentences those that share most with what is open; of few, all. */
function mostLikely(open: readonly Verdict[], evidence: Evidence, most: number): SourceSentence[] {
  const worth = new Map<SourceSentence, number>();
  for (const { claim, matches } of open) for (const one of matches) worth.set(one.sentence, Math.max(worth.get(one.sentence) ?? 0, jointSupport(claim, [one])));
  return [...evidence.sentences].sort((a, b) => (worth.get(b) ?? 0) - (worth.get(a) ?? 0)).slice(0, most);
}

function closest(verdict: Verdict, own: Float32Array, vectorOf: ReadonlyMap<SourceSentence, Float32Array | undefined>): Verdict {
  let best = verdict;
  for (const [sentence, vector] of vectorOf) {
    const one = match(verdict.claim, sentence);
    if (!vector || one.missing.size > 0 || one.negationDiffers) continue;
    const support = semanticSupport(jointSupport(verdict.claim, [one]), dot(own, vector));
    if (support > best.support) best = { ...verdict, support, best: [one] };
  }
  return best;
}

function toSentence(verdict: Verdict): AnswerSentence {
  const { statement, support } = verdict;
  const supported = statement.claim && support >= SUPPORTED;
  const shown = supported || support >= WORTH_SHOWING ? verdict.best : [];
  const citations = [...shown, ...markedSources(verdict, shown)].map((one) => toCitation(one, verdict));
  const named = statement.marked.length === 0 ? {} : { named: [...statement.marked] };
  return { range: statement.range, text: statement.text, claim: statement.claim, supported, citations: dedupe(citations), ...named, flags: [] };
}

/** For each source the model named: its best sentence, so that a click on the mark leads somewhere, well supported or not. */
function markedSources(verdict: Verdict, shown: readonly Match[]): Match[] {
  const there = new Set(shown.map((one) => one.sentence.source.number));
  return verdict.statement.marked.filter((number) => !there.has(number)).flatMap((number) => {
    const own = verdict.matches.filter((one) => one.sentence.source.number === number);
    return own.sort((a, b) => jointSupport(verdict.claim, [b]) - jointSupport(verdict.claim, [a])).slice(0, 1);
  });
}

function toCitation(one: Match, verdict: Verdict): Citation {
  const { source, range, text } = one.sentence;
  const alone = verdict.best.length === 1 && verdict.best[0] === one;
  const support = alone ? verdict.support : jointSupport(verdict.claim, [one]);
  return { source: source.number, range: toDocument(source, range), text, support: Math.round(support * 1000) / 1000, marked: verdict.statement.marked.includes(source.number) };
}

function dedupe(citations: readonly Citation[]): Citation[] {
  return [...new Map(citations.map((one) => [`${one.source}:${one.range.start}:${one.range.end}`, one])).values()];
}
