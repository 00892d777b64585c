import type { AskInput } from "../../engine/answer/answers.ts";
import { LorekeepError } from "../../engine/base/errors.ts";
import type { AnswerEvent, AnswerOptions, AnswerSentence, AnswerTrace, AssistantMessage, Candidate, Conversation, Message, Passage, Source, UserMessage } from "../../engine/contract/index.ts";
import { answerOptions } from "../../engine/contract/index.ts";
import { os, stream } from "../../engine/contract/server.ts";
import type { FakeWorld } from "./fake-world.ts";
import { longAnswer } from "./long-answer.ts";

const sentencesOf = (text: string): { start: number; end: number; text: string }[] =>
  [...text.matchAll(/[^.!?\n]+(?:[.!?](?=\s|$)|[.!?](?=\d)[^.!?\n]*)*[.!?]?/g)].map((match) => {
    const lead = match[0].length - match[0].trimStart().length;
    const trimmed = match[0].trim();
    return { start: match.index + lead, end: match.index + lead + trimmed.length, text: trimmed };
  }).filter((sentence) => sentence.text.length > 3);

const stop = new Set(["the", "is", "of", "and", "a", "in", "to", "what", "when", "where", "how", "does", "was", "are", "which", "many", "it", "there"]);
const wordsOf = (text: string): string[] => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !stop.has(word));
const overlap = (a: readonly string[], b: string): number => { const has = new Set(wordsOf(b)); return a.filter((word) => has.has(word)).length; };

export function searchFake(world: FakeWorld, text: string, filter: { collectionIds?: string[] | undefined }): { passage: Passage; score: number }[] {
  const words = wordsOf(text);
  return [...world.documents.values()].filter((entry) => entry.document.state === "indexed" && (!filter.collectionIds || filter.collectionIds.includes(entry.document.collectionId)))
    .flatMap((entry) => entry.passages).map((passage) => ({ passage, score: overlap(words, `${passage.text} ${passage.headingPath.join(" ")}`) / Math.max(1, words.length) }))
    .filter((hit) => hit.score > 0).sort((a, b) => b.score - a.score);
}

interface Draft { text: string; sentences: AnswerSentence[] }

/** Writes from the sources, a sentence each, then one that nothing supports: so that the face shows both. */
function compose(question: string, sources: Source[], grounded: boolean): Draft {
  if (/everything/i.test(question)) return mark(longAnswer, sources, true);
  if (!grounded) return mark("I cannot look into your documents in this mode. From memory, surveys like this one usually start in summer.", [], false);
  const words = wordsOf(question);
  const best = sources.slice(0, 3).flatMap((source) => {
    const [top] = sentencesOf(source.text).sort((a, b) => overlap(words, b.text) - overlap(words, a.text));
    return top ? [`${top.text.replace(/\.$/, "")} [${source.number}].`] : [];
  });
  if (best.length === 0) return mark("The documents do not say anything about this.", [], false);
  return mark(`${best.join(" ")} The weather is said to have been kind that year.`, sources, true);
}

function mark(text: string, sources: Source[], grounded: boolean): Draft {
  const sentences = sentencesOf(text).map((range): AnswerSentence => {
    const numbers = [...range.text.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
    const citations = grounded ? numbers.flatMap((number) => {
      const source = sources.find((candidate) => candidate.number === number);
      const words = wordsOf(range.text);
      const [quote] = source ? sentencesOf(source.text).sort((a, b) => overlap(words, b.text) - overlap(words, a.text)) : [];
      return source && quote ? [{ source: number, range: { start: source.range.start + quote.start, end: source.range.start + quote.end }, text: quote.text, support: 0.93, marked: true }] : [];
    }) : [];
    const claim = !/^(I |The documents do not|#|\|)/.test(range.text);
    return { range: { start: range.start, end: range.end }, text: range.text, claim, supported: citations.length > 0, citations, flags: grounded && claim && citations.length === 0 ? ["unsupported"] : [] };
  });
  return { text, sentences };
}

function quotes(sources: Source[], question: string): Draft {
  let text = "";
  const sentences: AnswerSentence[] = [];
  for (const source of sources) {
    text += `${text ? "\n\n" : ""}> `;
    const [best] = sentencesOf(source.text).sort((a, b) => overlap(wordsOf(question), b.text) - overlap(wordsOf(question), a.text));
    const at = text.length;
    text += `${source.text} [${source.number}]`;
    if (best) sentences.push({ range: { start: at + best.start, end: at + best.end }, text: best.text, claim: true, supported: true, flags: [], citations: [{ source: source.number, range: { start: source.range.start + best.start, end: source.range.start + best.end }, text: best.text, support: 1, marked: false }] });
  }
  return { text: text || "Nothing in your documents matches this question.", sentences };
}

function need(world: FakeWorld, options: AnswerOptions): void {
  const { mode } = options;
  if (mode !== "quotes" && !world.models.some((model) => model.kind === "model")) throw new LorekeepError("NEEDS_MODEL", { reason: "This mode needs a language model, and none is installed.", next: "Add a GGUF file in Models, or ask in Quotes mode." });
  if ((mode === "fine-tune" || mode === "hybrid") && options.adapters.length === 0) throw new LorekeepError("NEEDS_ADAPTER", { reason: "This mode needs a fine-tune, and none is chosen.", next: "Choose an adapter below the question." });
}

async function* answer(world: FakeWorld, conversation: Conversation, user: UserMessage, options: AnswerOptions, signal: AbortSignal | undefined): AsyncGenerator<AnswerEvent> {
  const assistantId = world.id("m");
  const stopper = new AbortController();
  world.running.set(assistantId, stopper);
  const stopped = () => stopper.signal.aborted || signal?.aborted === true;
  const started = Date.now();
  const grounded = options.mode === "quotes" || options.mode === "documents" || options.mode === "hybrid";
  let text = "";
  let firstTokenMs: number | undefined;
  let sources: Source[] = [];
  let candidates: Candidate[] = [];
  let draft: Draft = { text: "", sentences: [] };
  const finish = (state: AssistantMessage["state"], error?: AssistantMessage["error"]): AssistantMessage => {
    const message: AssistantMessage = {
      id: assistantId, parentId: user.id, role: "assistant", text, created: new Date().toISOString(), state, sources, ...(error ? { error } : {}),
      sentences: draft.sentences.filter((sentence) => sentence.range.end <= text.length),
      trace: traceOf(world, { options, question: user.text, candidates, started, firstTokenMs, text, grounded, stopReason: state === "complete" ? "end" : state }),
    };
    conversation.tree.push(message);
    conversation.head = assistantId;
    conversation.messages = conversation.tree.length;
    conversation.updated = message.created;
    world.running.delete(assistantId);
    world.changed("conversations", conversation.id);
    return message;
  };
  try {
    yield { type: "accepted", conversationId: conversation.id, user, assistantId };
    if (grounded) {
      yield { type: "step", name: "retrieve" };
      await world.sleep(world.stepMs / 2);
      const hits = searchFake(world, user.text, options.filter).slice(0, 8);
      sources = hits.slice(0, 5).map(({ passage }, index) => ({ number: index + 1, passage, range: passage.range, text: passage.text }));
      candidates = hits.map(({ passage, score }, index) => ({ passage, dense: { rank: index + 1, score: 0.4 + score / 2 }, lexical: { rank: index + 1, score: score * 9 }, fused: { rank: index + 1, score: 1 / (60 + index) }, ...(index >= 5 ? { dropped: { stage: "assemble" as const, reason: index % 2 === 1 ? "same-section" as const : "budget" as const } } : {}) }));
      yield { type: "sources", sources };
    }
    draft = options.mode === "quotes" ? quotes(sources, user.text) : compose(user.text, sources, grounded);
    if (options.mode !== "quotes") { yield { type: "step", name: "generate" }; await world.sleep(world.stepMs / 2); }
    for (const piece of options.mode === "quotes" ? [draft.text] : draft.text.match(/\s*\S+/g) ?? []) {
      if (stopped()) break;
      if (/worker dies/i.test(user.text) && text.length > 20) { yield { type: "done", message: finish("failed", { code: "WORKER_DIED", reason: "The model's process ended while it was writing.", next: "Ask again; it is started anew." }) }; return; }
      text += piece;
      firstTokenMs ??= Date.now() - started;
      yield { type: "text", text: piece };
      await world.sleep(/slow/i.test(user.text) ? world.tokenMs * 10 : world.tokenMs);
    }
    yield { type: "done", message: finish(stopped() ? "stopped" : "complete") };
  } finally {
    if (world.running.has(assistantId)) finish("stopped");
  }
}

interface TraceParts { options: AnswerOptions; question: string; candidates: Candidate[]; started: number; firstTokenMs: number | undefined; text: string; grounded: boolean; stopReason: "end" | "stopped" | "failed" }

function traceOf(world: FakeWorld, parts: TraceParts): AnswerTrace {
  const { options, grounded } = parts;
  const model = world.models.find((candidate) => candidate.id === options.modelId) ?? world.models.find((candidate) => candidate.kind === "model");
  const totalMs = Date.now() - parts.started;
  return {
    mode: options.mode, question: parts.question, filter: options.filter, candidates: parts.candidates, stopReason: parts.stopReason, started: new Date(parts.started).toISOString(), totalMs,
    ...(model && options.mode !== "quotes" ? { model: { id: model.id, name: model.name, quantisation: model.quantisation, backend: "CPU", template: "gguf", threads: 1 } } : {}),
    adapters: options.adapters.map((adapter) => ({ modelId: adapter.modelId, scale: adapter.scale, name: world.models.find((candidate) => candidate.id === adapter.modelId)?.name ?? adapter.modelId })),
    ...(grounded ? { condensed: condensedOf(parts.question, options) } : {}),
    tokens: options.mode === "quotes" ? {} : { context: 4096, system: 58, history: 0, sources: grounded ? 412 : 0, question: 14, template: 12, budget: 2457, prompt: grounded ? 496 : 84, cached: 58, answer: 1024, free: 4096 - (grounded ? 496 : 84) - 1024, completion: Math.round(parts.text.length / 4) },
    steps: [...(grounded ? [{ name: "condense" as const, ms: 1 }, { name: "retrieve" as const, ms: 14 }, { name: "rerank" as const, ms: 1, note: "Kept the fused order." }, { name: "assemble" as const, ms: 3 }] : []), ...(options.mode === "quotes" ? [] : [{ name: "generate" as const, ms: Math.max(1, totalMs - 19) }]), ...(grounded ? [{ name: "cite" as const, ms: 6 }, { name: "check" as const, ms: 1 }] : [])],
    ...(parts.firstTokenMs === undefined ? {} : { firstTokenMs: parts.firstTokenMs }), ...(options.mode === "quotes" ? {} : { tokensPerSecond: 31.4 }),
    notes: grounded && parts.candidates.length > 5 ? [`${parts.candidates.length - 5} passages did not fit into the budget.`] : [],
  };
}

/** "it" and "they" are completed by the model, and "in x.pdf" is taken for a condition. */
function condensedOf(question: string, { searchFor, ignoreFilters = [] }: AnswerOptions): NonNullable<AnswerTrace["condensed"]> {
  const words = /[\w-]+\.pdf/.exec(question)?.[0];
  const filters = words === undefined || ignoreFilters.includes(words) ? {} : { filters: [{ kind: "file" as const, words, filter: { path: words } }] };
  const more = { ...filters, ...(ignoreFilters.length > 0 ? { ignored: ignoreFilters } : {}) };
  if (searchFor !== undefined) return { text: searchFor, how: "edited", ...more };
  return /(?<!\p{L})(?:it|they)(?!\p{L})/iu.test(question) ? { text: `${question} (the survey)`, how: "model", ...more } : { text: question, how: "as-is", ...more };
}

/** Asking in the fake's world; what Compare asks with, too. */
export function fakeAsking(world: FakeWorld) {
  const find = (id: string): Conversation => {
    const found = world.conversations.get(id);
    if (!found) throw new LorekeepError("NOT_FOUND", { reason: "This conversation is no longer there.", next: "It may have been deleted; begin a new one." });
    return found;
  };
  const create = (title: string, options: AnswerOptions): Conversation => {
    const now = new Date().toISOString();
    const made: Conversation = { id: world.id("k"), title, created: now, updated: now, messages: 0, options, unlocked: false, head: null, tree: [] };
    world.conversations.set(made.id, made);
    return made;
  };
  return {
    find, create,
    async *ask(input: AskInput, signal?: AbortSignal): AsyncGenerator<AnswerEvent, void, void> {
      need(world, input.options);
      if (/too long/i.test(input.text)) throw new LorekeepError("TOO_LONG", { reason: "The question does not fit into the model's context.", next: "Shorten it, or choose a model with a longer context." });
      const conversation = input.conversationId ? find(input.conversationId) : create(input.text.slice(0, 60), input.options);
      conversation.options = input.options;
      const parentId = input.parentId === undefined ? conversation.head : input.parentId;
      const user: UserMessage = { id: world.id("m"), parentId, role: "user", text: input.text, created: new Date().toISOString() };
      conversation.tree.push(user);
      conversation.head = user.id;
      world.changed("conversations", conversation.id);
      yield* answer(world, conversation, user, input.options, signal);
    },
    async *regenerate(input: { conversationId: string; userMessageId: string; options: AnswerOptions }, signal?: AbortSignal): AsyncGenerator<AnswerEvent, void, void> {
      need(world, input.options);
      const conversation = find(input.conversationId);
      const user = conversation.tree.find((message: Message) => message.id === input.userMessageId);
      if (user?.role !== "user") throw new LorekeepError("NOT_FOUND", "There is no such message.");
      yield* answer(world, conversation, user, input.options, signal);
    },
  };
}

export function answerHandlers(world: FakeWorld) {
  const asking = fakeAsking(world);
  const { find, create } = asking;
  const summary = ({ id, title, created, updated, messages }: Conversation) => ({ id, title, created, updated, messages });
  return {
    conversations: {
      list: os.conversations.list.handler(({ input }) => [...world.conversations.values()].filter((one) => !input.text || `${one.title} ${one.tree.map((message) => message.text).join(" ")}`.toLowerCase().includes(input.text.toLowerCase()))
        .sort((a, b) => b.updated.localeCompare(a.updated)).map(summary)),
      get: os.conversations.get.handler(({ input }) => structuredClone(find(input.id))),
      create: os.conversations.create.handler(({ input }) => { const made = create(input.title ?? "New conversation", input.options ?? answerOptions.parse({ mode: "quotes" })); world.changed("conversations", made.id); return made; }),
      update: os.conversations.update.handler(({ input }) => { const found = Object.assign(find(input.id), input); world.changed("conversations", input.id); return summary(found); }),
      remove: os.conversations.remove.handler(({ input }) => { find(input.id); world.conversations.delete(input.id); world.changed("conversations", input.id); }),
      export: os.conversations.export.handler(({ input }) => { const found = find(input.id); return input.format === "json" ? { name: `${found.title}.json`, content: JSON.stringify(found, null, 2) } : { name: `${found.title}.md`, content: `# ${found.title}\n\n${found.tree.map((message) => message.text).join("\n\n")}\n` }; }),
    },
    answers: {
      ask: os.answers.ask.handler(({ input, signal }) => stream(asking.ask(input, signal))),
      regenerate: os.answers.regenerate.handler(({ input, signal }) => stream(asking.regenerate(input, signal))),
      stop: os.answers.stop.handler(({ input }) => { const stopper = world.running.get(input.assistantId); stopper?.abort(); return { stopped: stopper !== undefined }; }),
    },
    search: {
      query: os.search.query.handler(({ input }) => ({ hits: searchFake(world, input.text, input.filter).slice(0, input.limit), candidates: [], ms: { total: 1 } })),
      prefetch: os.search.prefetch.handler(async ({ input, signal }) => {
        const asked = { text: input.text, conversationId: input.conversationId, stopped: false };
        world.prefetched.push(asked);
        signal?.addEventListener("abort", () => { asked.stopped = true; });
        await world.sleep(world.prefetchMs);
        return { ms: 1 };
      }),
    },
  };
}
