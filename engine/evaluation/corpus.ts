import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fromFileSystem } from "../base/errors.ts";
import { sha256, sha256File } from "../base/hash.ts";
import { Owner } from "../base/lifetime.ts";
import type { AnswerMeans } from "../answer/means.ts";
import { addPaths } from "../ingest/sources/add.ts";
import { createLibrary, type Library } from "../ingest/library.ts";
import { openKnowledge } from "../knowledge/lance/knowledge-store.ts";
import type { EvaluationMeans } from "./means.ts";
import { readCorpus, type BeirArticle, type Problem } from "./read-questions.ts";

/** A corpus in a library of its own, apart from the person's. */
export interface OpenCorpus {
  readonly means: AnswerMeans;
  /** The corpus's id of a document's path. */
  readonly idOf: (path: string) => string;
  readonly documents: number;
  readonly passages: number;
  dispose(): Promise<void>;
}

export interface CorpusListener {
  readonly progress: (step: "reading" | "indexing", done: number, total: number) => void;
  readonly problem: (problem: Problem) => void;
}

/**
 * Opens `<workspace>/evaluation/<hash>/`, through the product's own ingest. The hash is of everything that decides what is indexed (corpus,
 * embedder, passage size), so a second run finds it there, and a stopped one is gone on with.
 */
export async function openCorpus(folder: string, means: EvaluationMeans, listener: CorpusListener, signal: AbortSignal): Promise<OpenCorpus> {
  const file = join(folder, "corpus.jsonl");
  const corpusHash = await sha256File(file, signal).catch((error: unknown) => { throw fromFileSystem(error, file); });
  const key = sha256([corpusHash, means.embedder.identity, means.answering.settings().ingest.passageTokens, LAYOUT].join("\n")).slice(0, 20);
  const home = join(means.workspace, "evaluation", key);
  const owner = new Owner();
  try {
    const texts = await writeTexts(folder, home, listener, signal);
    const { library, store } = await openLibrary(home, means, owner);
    await index(library, texts, listener, signal);
    await store.maintain({ signal });
    const { documents, passages } = await store.stats();
    const answering: AnswerMeans = { ...means.answering, store, privacy: () => library.privacy(), hasDocuments: () => documents };
    return { means: answering, idOf: (path) => decodeURIComponent(basename(path, ".md")), documents, passages, dispose: () => owner.dispose() };
  } catch (error) {
    await owner.dispose();
    throw error;
  }
}

/** Changes when the files below are written otherwise, or cut and indexed otherwise. */
const LAYOUT = "2";

/** One Markdown file per article, its title as the heading. Returns their folder. */
async function writeTexts(folder: string, home: string, listener: CorpusListener, signal: AbortSignal): Promise<string> {
  const texts = join(home, "texts");
  const done = join(home, "texts-written");
  if (await readFile(done).then(() => true, () => false)) return texts;
  try {
    await rm(texts, { recursive: true, force: true });
    await mkdir(texts, { recursive: true });
    let count = 0;
    for await (const article of readCorpus(folder, listener.problem)) {
      signal.throwIfAborted();
      await writeFile(join(texts, `${fileName(article._id)}.md`), asMarkdown(article));
      if (++count % 200 === 0) listener.progress("reading", count, count);
    }
    await writeFile(done, String(count));
    return texts;
  } catch (error) {
    throw fromFileSystem(error, home);
  }
}

/** Any id as a file name on any system; `decodeURIComponent` gives it back. */
const fileName = (id: string): string => encodeURIComponent(id).replace(/[*'().!~]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/** Words that show as they are: nothing in them may act as Markdown. */
function asMarkdown({ title, text }: BeirArticle): string {
  const plain = (words: string) => words.replace(/[\\`*_[\]<>#|~$&]/g, "\\$&");
  const lines = text.split(/\r?\n/).map((line) => plain(line.trim()).replace(/^([-+]|\d+[.)])(?=\s|$)/, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`)).filter(Boolean);
  return `${title.trim() === "" ? "" : `# ${plain(title.replace(/\s+/g, " ").trim())}\n\n`}${lines.join("\n\n")}\n`;
}

async function openLibrary(home: string, { answering, embedder, workerHost }: EvaluationMeans, owner: Owner) {
  const store = owner.own(await openKnowledge({ uri: join(home, "knowledge"), embedderIdentity: embedder.identity, dimensions: embedder.dimensions }));
  const library: Library = owner.own(await createLibrary({ workspace: home, store, embedder, workerHost, settings: answering.settings }));
  return { library, store };
}

async function index(library: Library, texts: string, listener: CorpusListener, signal: AbortSignal): Promise<void> {
  const { queue } = library.parts;
  await addPaths(library.parts, { paths: [texts], watch: false, private: false }, signal);
  const stop = new AbortController();
  const show = (async () => {
    for await (const _ of queue.changes.stream(stop.signal)) {
      const { waiting, active, done, failed } = queue.progress();
      listener.progress("indexing", done + failed, waiting + active + done + failed);
    }
  })();
  try {
    await queue.idle(signal);
  } finally {
    stop.abort();
    await show.catch(() => undefined); // Ends by our own abort.
  }
}
