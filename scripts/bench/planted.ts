/**
 * How often the support check is right: sentences that the sources carry, and planted ones that they do not, from XQuAD. The sources are the five
 * paragraphs of one article, so that what is wrong is wrong in the right company.
 *   node scripts/run.mjs scripts/bench/planted.ts [--languages en,de] [--words-only] [--show changed-number] [--data ../shared]
 * Right: a source's sentence as it stands, its beginning up to the last comma, a short answer ("It is …"). Wrong: a number changed; a name exchanged
 * for one of another article; the sentence turned with "not"; a sentence of another article; a short answer that answers another question of the
 * same paragraph. Wrong mark: a right sentence with the number of another source.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { check } from "../../engine/answer/evidence/check.ts";
import { cite, type EmbedSentences } from "../../engine/answer/evidence/cite.ts";
import { terms } from "../../engine/answer/words/terms.ts";
import { sentenceRanges } from "../../engine/base/sentences.ts";
import type { AnswerSentence } from "../../engine/contract/answers.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { passageOf, sourcesOf } from "../../test/fakes/sources.ts";

const { values } = parseArgs({ options: { languages: { type: "string", default: "en,de" }, "words-only": { type: "boolean", default: false }, show: { type: "string" }, data: { type: "string", default: process.env.LOREKEEP_TEST_DATA ?? "../shared" } } });

interface Qa { readonly question: string; readonly answers: readonly { readonly text: string; readonly answer_start: number }[] }
interface Article { readonly title: string; readonly paragraphs: readonly { readonly context: string; readonly qas: readonly Qa[] }[] }

/** One sentence put before the check. `at`: where its evidence stands, in source `source` (1-based). */
interface Case { readonly kind: string; readonly question: string; readonly text: string; readonly source: number; readonly at?: { readonly start: number; readonly end: number }; readonly truth: "right" | "wrong" | "wrong-mark" }

const embedder = values["words-only"] ? undefined : await createEmbedder({ workerHost: createNodeWorkerHost(resolve("out", "workers")), modelFolder: resolve("models", "all-MiniLM-L6-v2"), name: "all-MiniLM-L6-v2" });
const vectors = new Map<string, Promise<Float32Array>>();
const embed: EmbedSentences | undefined = embedder && ((texts) => Promise.all(texts.map((text) => {
  const vector = vectors.get(text) ?? embedder.embedQuery(text);
  vectors.set(text, vector);
  return vector;
})));

function articlesOf(language: string): readonly Article[] {
  return (JSON.parse(readFileSync(join(resolve(values.data), "data", "xquad", `xquad.${language}.json`), "utf8")) as { data: Article[] }).data;
}

/** A question's answer and the sentence it stands in. */
function casesOf(article: Article, other: Article, language: string): Case[] {
  return article.paragraphs.flatMap(({ context, qas }, p) => {
    const source = p + 1;
    const answered = qas.map(({ question, answers: [answer] }) => ({ question, answer: answer?.text ?? "", sentence: sentenceRanges(context, language).find(({ start, end }) => start <= (answer?.answer_start ?? 0) && end > (answer?.answer_start ?? 0)) }));
    const [qa] = answered;
    if (!qa?.sentence) return [];
    const at = qa.sentence;
    const text = context.slice(at.start, at.end);
    const elsewhere = answered.find(({ answer, sentence }) => sentence && sentence.start !== at.start && answer !== qa.answer && !text.includes(answer));
    const wrongSource = (p + 1) % article.paragraphs.length + 1;
    const of = (kind: string, truth: Case["truth"], changed: string | undefined, marked = source): Case[] => (changed === undefined || changed === text && kind !== "as it stands" && truth !== "wrong-mark" ? [] : [{ kind, truth, question: qa.question, text: `${changed.replace(/[.!?]+$/, "")} [${marked}].`, source, at }]);
    return [
      ...of("as it stands", "right", text), ...of("its beginning", "right", beginning(text)), ...of("short answer", "right", short(qa.answer, language)),
      ...of("changed number", "wrong", otherNumber(text)), ...of("exchanged name", "wrong", otherName(text, article, other, language)), ...of("turned", "wrong", turned(text, language)),
      ...of("another article's sentence", "wrong", firstSentence(other, p, language)), ...of("short answer to another question", "wrong", elsewhere && short(elsewhere.answer, language)),
      ...of("mark of another source", "wrong-mark", text, wrongSource),
    ];
  });
}

const short = (answer: string, language: string): string => `${language === "de" ? "Es ist" : "It is"} ${answer}`;
const beginning = (text: string): string | undefined => { const at = text.lastIndexOf(", "); return at > 60 ? text.slice(0, at) : undefined; };
const firstSentence = ({ paragraphs }: Article, p: number, language: string): string | undefined => { const context = paragraphs[p]?.context ?? ""; const [range] = sentenceRanges(context, language); return range && context.slice(range.start, range.end); };
/** The first number of two or more figures with its last figure raised by one. */
const otherNumber = (text: string): string | undefined => (/\d\d/.test(text) ? text.replace(/\d+(\d)/, (number) => number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10)) : undefined);
/** Words of the collection in the other language: what is capitalised in both is a name, also in German. */
const namesAbroad = new Map(["en", "de"].map((language) => [language, new Set(terms(articlesOf(language === "de" ? "en" : "de").flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context)).join(" ")).filter(({ kind }) => kind === "name").map(({ word }) => word))]));
const nameOf = (text: string, language: string): string | undefined => terms(text).find(({ kind, word }) => kind === "name" && word.length > 3 && namesAbroad.get(language)?.has(word))?.word;

function otherName(text: string, article: Article, from: Article, language: string): string | undefined {
  const name = nameOf(text, language);
  const own = article.paragraphs.map(({ context }) => context).join(" ");
  const foreign = from.paragraphs.map(({ context }) => nameOf(context.slice(20), language)).find((one) => one !== undefined && !own.includes(one));
  return name === undefined || foreign === undefined ? undefined : text.replace(name, foreign);
}

function turned(text: string, language: string): string | undefined {
  const verb = language === "de" ? / (ist|war|sind|waren|wird|wurde|wurden|hat|hatte|haben|kann) / : / (is|was|are|were|has|had|can|could|will|would) /;
  const negative = language === "de" ? "nicht" : "not";
  return verb.test(text) && !/\b(?:not|no|never|nicht|kein\w*|nie)\b/i.test(text) ? text.replace(verb, ` $1 ${negative} `) : undefined;
}

interface Verdict { readonly one: Case; readonly sentence: AnswerSentence }

async function judge(one: Case, article: Article): Promise<Verdict> {
  const sources = sourcesOf(...article.paragraphs.map(({ context }, i) => passageOf(context, { documentId: `d${i}`, path: `/library/${i}.md` })));
  const sentences = check(await cite(one.text, sources, { question: one.question, embed }), { grounded: true, rules: [], sources: sources.map(({ number }) => number) });
  const [sentence] = sentences;
  // What a person sees is marked where any of its parts is.
  if (!sentence) throw new Error(`No sentence was found in “${one.text}”.`);
  return { one, sentence: { ...sentence, supported: sentences.every(({ claim, supported }) => !claim || supported), flags: sentences.flatMap(({ flags }) => flags), citations: sentences.flatMap(({ citations }) => citations) } };
}

const citesRight = ({ one, sentence }: Verdict): boolean => sentence.citations.some(({ source, range }) => source === one.source && one.at !== undefined && range.start < one.at.end && range.end > one.at.start);

try {
  console.log("| language | planted | sentences | supported | cites the sentence it came from | marked (unsupported or wrong mark) | so it is right |\n| --- | --- | --- | --- | --- | --- | --- |");
  for (const language of values.languages.split(",")) {
    const articles = articlesOf(language);
    const verdicts: Verdict[] = [];
    for (const [i, article] of articles.entries()) for (const one of casesOf(article, articles[(i + 1) % articles.length] ?? article, language)) verdicts.push(await judge(one, article));
    for (const kind of new Set(verdicts.map(({ one }) => one.kind))) {
      const own = verdicts.filter(({ one }) => one.kind === kind);
      const share = (holds: (verdict: Verdict) => boolean) => (own.filter(holds).length / own.length).toFixed(3);
      const marked = ({ sentence }: Verdict) => sentence.flags.includes("unsupported") || sentence.flags.includes("wrong-marker");
      const right = own[0]?.one.truth === "right";
      const says = (verdict: Verdict) => (verdict.one.truth === "right" ? !marked(verdict) : verdict.one.truth === "wrong" ? verdict.sentence.flags.includes("unsupported") : verdict.sentence.flags.includes("wrong-marker"));
      console.log(`| ${[language, kind, own.length, share(({ sentence }) => sentence.supported), right || own[0]?.one.truth === "wrong-mark" ? share(citesRight) : "", share(marked), share(says)].join(" | ")} |`);
      if (values.show === kind.replaceAll(" ", "-")) for (const { one, sentence } of own.filter((verdict) => !says(verdict)).slice(0, 12)) console.log(`   ${one.question} → ${one.text} ${JSON.stringify(sentence.flags)} ${sentence.citations.map(({ source, support, text }) => `[${source}: ${support}] ${text}`).join(" / ")}`);
    }
  }
} finally {
  await embedder?.dispose();
}
