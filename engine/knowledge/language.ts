/** Characters looked at: more does not change the answer, only the time. */
const SAMPLE = 2000;

/** Two languages of the store whose scores are closer than this are not told apart: both are searched. */
const CLEAR_LEAD = 0.1;

/** Loaded on first use: the table of n-grams costs about 80 MB, and a library in one language needs it for indexing only. */
async function detector() {
  return (await import("eld/small")).eld;
}

/** ISO 639-1 code of the language a text is written in, or undefined where that is not clear (too short, numbers, code). */
export async function detectLanguage(text: string): Promise<string | undefined> {
  const found = (await detector()).detect(text.slice(0, SAMPLE));
  return found.isReliable() && found.language ? found.language : undefined;
}

/** A lead that recognised text has over the languages it was read in only where it is in another one. Measured: French .31, Dutch over German .22. */
const CERTAIN_LEAD = 0.18;

/** ISO 639-1 code of the language a text is clearly written in, where that is none of `expected`; "none" where it looks like no language at all. */
export async function clearlyOtherLanguage(text: string, expected: readonly string[]): Promise<string | "none" | undefined> {
  const found = (await detector()).detect(text.slice(0, SAMPLE));
  if (!found.isReliable() || !found.language) return "none";
  const scores = found.getScores();
  const best = Math.max(0, ...expected.map((language) => scores[language] ?? 0));
  return (scores[found.language] ?? 0) - best >= CERTAIN_LEAD ? found.language : undefined;
}

/**
 * Which of `languages` a question is written in, or undefined where it could be several. A question is short, so it is only
 * compared between the languages that matter: "Kubernetes pods" looks Hungarian, but not where there is only English and German.
 */
export async function likelyLanguage(question: string, languages: readonly string[]): Promise<string | undefined> {
  if (languages.length < 2) return languages[0];
  const scores = (await detector()).detect(question.slice(0, SAMPLE)).getScores();
  const ranked = languages.map((language) => ({ language, score: scores[language] ?? 0 })).sort((a, b) => b.score - a.score);
  const [first, second] = ranked;
  return first && second && first.score - second.score >= CLEAR_LEAD ? first.language : undefined;
}
