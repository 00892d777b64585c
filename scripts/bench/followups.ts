/**
 * Second turns against the same questions standing alone: the answer inside the first five passages, without a model.
 *   node scripts/run.mjs scripts/bench/followups.ts [--cache FOLDER] [--data ../shared/data] [--show]
 */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bestSentences } from "../../engine/answer/evidence/best-sentences.ts";
import { condense } from "../../engine/answer/question/condense.ts";
import { retrieve } from "../../engine/answer/find/retrieve.ts";
import type { AssistantMessage, Message } from "../../engine/contract/answers.ts";
import { searchSettings, type Candidate } from "../../engine/contract/search.ts";
import { createEmbedder } from "../../engine/knowledge/embedder.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { readCollection, storeOf } from "./collections.ts";

const { values } = parseArgs({ options: { cache: { type: "string", default: join(tmpdir(), "lorekeep-bench") }, data: { type: "string", default: "../shared/data" }, show: { type: "boolean", default: false } } });
interface FollowUp { readonly id: string; readonly first: string; readonly followUp: string; readonly standalone: string }
const followUps = readFileSync(join("test", "fixtures", "followups.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as FollowUp);
const settings = searchSettings.parse({});
const embedder = await createEmbedder({ workerHost: createNodeWorkerHost("out/workers"), modelFolder: "models/all-MiniLM-L6-v2", name: "all-MiniLM-L6-v2" });
const collection = readCollection("xquad.en", values.data);
const store = await storeOf(collection, { embedder, cache: values.cache, tokens: 128 });
const scope = { filter: {}, excludeDocumentIds: [], excludeCollectionIds: [] };
const search = async (text: string) => (await retrieve(text, { store, embedder }, { scope, limit: 60, settings })).candidates;

/** The turn before as Quotes mode leaves it: the best sentences of the first passage, cited. */
async function turn(question: string, [first]: readonly Candidate[]): Promise<Message[]> {
  const text = first?.passage.text ?? "";
  const [best] = await bestSentences(question, [text], { most: 2 });
  const citations = (best?.ranges ?? []).map((range) => ({ source: 1, range, text: text.slice(range.start, range.end), support: 1, marked: true }));
  const trace: AssistantMessage["trace"] = { mode: "quotes", adapters: [], question, filter: {}, candidates: [], tokens: {}, steps: [], started: "", totalMs: 0, notes: [] };
  const sentences = citations.map((citation) => ({ range: { start: 0, end: 0 }, text: citation.text, claim: true, supported: true, citations: [citation], flags: [] }));
  return [
    { id: "u", parentId: null, role: "user", text: question, created: "" },
    { id: "a", parentId: "u", role: "assistant", text: citations.map((citation) => citation.text).join(" "), created: "", state: "complete", sources: [], sentences, trace },
  ];
}

const found = { standalone: 0, condensed: 0, asked: 0 };
for (const { id, first, followUp, standalone } of followUps) {
  const question = collection.questions.find((one) => one.id === id);
  if (!question?.span) throw new Error(`XQuAD has no question ${id}`);
  const { relevant, span } = question;
  const among = (candidates: readonly Candidate[]) => candidates.slice(0, 5).some(({ passage: { documentId, range } }) => relevant.has(documentId) && range.start <= span.start && range.end >= span.end);
  const { text } = condense(followUp, await turn(first, await search(first)));
  const hits = { standalone: among(await search(standalone)), condensed: among(await search(text)), asked: among(await search(followUp)) };
  for (const way of ["standalone", "condensed", "asked"] as const) if (hits[way]) found[way]++;
  if (values.show && hits.standalone && !hits.condensed) console.log(`lost: ${first} -> ${text}`);
}
const share = (count: number) => (count / followUps.length).toFixed(3);
console.log(`${followUps.length} second turns, answer inside the first five\n\n| searched for | recall@5 |\n| --- | --- |\n| the question standing alone | ${share(found.standalone)} |\n| the second turn, condensed by rule | ${share(found.condensed)} |\n| the second turn as asked | ${share(found.asked)} |`);
await store.dispose();
await embedder.dispose();
