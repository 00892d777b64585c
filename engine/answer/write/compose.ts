import type { AnswerOptions } from "../../contract/answers.ts";
import type { Candidate, Passage } from "../../contract/search.ts";
import type { GenerateInput, SamplingOptions } from "../../workers/generator/contract.ts";
import { account, type Account } from "../context/account.ts";
import { weakestAt } from "../context/arrange.ts";
import { assemble, type Assembled } from "../context/assemble.ts";
import type { ChatModelReady } from "./chat-model.ts";
import { frameSource } from "./frame.ts";
import { freshNonce } from "./nonce.ts";
import { exchanges, trimHistory, type Exchange } from "../context/history.ts";
import type { AnswerMeans, Question } from "../means.ts";
import { modeParts } from "../modes.ts";
import { wholeSections } from "../context/sections.ts";
import { Summariser } from "../context/summarise.ts";
import { systemPrompt, userPrompt } from "./prompt.ts";
import { shareRoom, tooLong, type Room } from "../context/room.ts";
import { resolveSampling } from "./sampling.ts";

/** A prompt that fits the model, with what it was made of. */
export interface Composed extends Assembled {
  readonly input: Omit<GenerateInput, "adapters">;
  readonly nonce: string;
  /** Tokens of the prompt by part; see the trace. */
  readonly sizes: Account;
  readonly droppedExchanges: number;
  /** What a person should know about how it was made to fit. */
  readonly notes: readonly string[];
}

export interface ComposeInput {
  readonly question: Question;
  /** The question as it was searched for. */
  readonly searched: string;
  readonly candidates: readonly Candidate[];
  readonly whole: readonly Passage[];
  readonly model: ChatModelReady;
  /** The passages as they are, without what stands around them. */
  readonly asTheyAre?: boolean | undefined;
}

/** Tokens that joining two counted texts may add. */
const SEAM = 2;

/**
 * Packs system prompt, history, sources and question into the model's context, counted with its own tokenizer: sources up to their share,
 * history newest first in what is left, room kept for the answer. @throws LorekeepError TOO_LONG
 */
export async function compose(input: ComposeInput, means: AnswerMeans, signal: AbortSignal): Promise<Composed> {
  const draft = await measure(input, means, signal);
  const { room, grounded } = draft;
  const { sources: limit, sourceOrder: order, summariseBudgetMs: budgetMs } = means.settings().answers;
  const summariser = budgetMs > 0 ? new Summariser({ question: input.searched, chatModel: means.chatModel, budgetMs, signal }) : undefined;
  const assembled = await assemble(input.candidates, {
    question: input.searched, limit, order, budget: room.sources, whole: input.whole, ...(input.asTheyAre ? {} : { sections: (chosen: readonly Passage[]) => wholeSections(chosen, means.store) }),
    ...(summariser ? { summarise: (text: string, tokens: number) => summariser.summarise(text, tokens) } : {}),
    countTokens: async (sources) => (await means.chatModel.countTokens(sources.map((source) => frameSource(source, draft.nonce)), signal)).map((size) => size + SEAM),
  });
  const history = trimHistory(draft.exchanges, draft.exchangeSizes, room.history(assembled.tokens));
  const notes = summariser?.note === undefined ? [] : [summariser.note];
  return fit({ ...input, draft, notes, assembled: grounded ? assembled : { ...assembled, sources: [], tokens: 0 }, history }, means, signal);
}

interface Draft {
  readonly grounded: boolean;
  readonly system: string;
  readonly nonce: string;
  readonly room: Room;
  readonly exchanges: readonly Exchange[];
  readonly exchangeSizes: readonly number[];
  readonly sampling: SamplingOptions;
  readonly systemSize: number;
  readonly questionSize: number;
}

async function measure({ question, candidates, whole, model }: ComposeInput, means: AnswerMeans, signal: AbortSignal): Promise<Draft> {
  const { options, text } = question;
  const settings = means.settings().answers;
  const grounded = modeParts[options.mode].documents;
  const system = systemPrompt(options.mode, options.systemPrompt ?? settings.systemPrompt);
  const past = exchanges(question.path);
  const sampling = resolveSampling({ asked: options.sampling, model: model.sampling, settings: settings.sampling, grounded });
  const [systemSize = 0, questionSize = 0, ...turns] = await means.chatModel.countTokens([system, text, ...past.flat().map((turn) => turn.text)], signal);
  const context = model.loaded.contextSize;
  if (questionSize >= context) throw tooLong(context);
  const fixed = await means.chatModel.countPromptTokens({ system, history: [], prompt: grounded ? userPrompt(text, [], "000000") : text }, signal);
  // What the template puts around one exchange is about what it puts around this one.
  const around = Math.max(0, fixed - systemSize - questionSize);
  const exchangeSizes = past.map((_, i) => (turns[2 * i] ?? 0) + (turns[2 * i + 1] ?? 0) + around);
  const room = shareRoom({ context, fixed, grounded, maxTokens: sampling.maxTokens, sourceShare: settings.sourceShare, newestExchange: exchangeSizes.at(-1) ?? 0 });
  const nonce = freshNonce([text, ...candidates.map(({ passage }) => passage.text), ...whole.map((passage) => passage.text)], means.nonce);
  return { grounded, system, nonce, room, exchanges: past, exchangeSizes, sampling, systemSize, questionSize };
}

interface Fitting extends ComposeInput {
  readonly draft: Draft;
  readonly notes: readonly string[];
  readonly assembled: Assembled;
  readonly history: readonly Exchange[];
}

/** Counts the prompt as the template renders it, which is what must fit; gives up the oldest exchange, then the weakest source, until it does. */
async function fit(fitting: Fitting, means: AnswerMeans, signal: AbortSignal): Promise<Composed> {
  const { draft, assembled, history, question, notes } = fitting;
  const { system, nonce, room, sampling } = draft;
  const prompt = draft.grounded ? userPrompt(question.text, assembled.sources, nonce) : question.text;
  const turns = history.flat();
  const size = await means.chatModel.countPromptTokens({ system, history: turns, prompt }, signal);
  if (size > room.context - room.reserve) {
    if (history.length > 0) return fit({ ...fitting, history: history.slice(1) }, means, signal);
    const weakest = weakestAt(assembled.sources.length, means.settings().answers.sourceOrder);
    if (assembled.sources.length > 0) return fit({ ...fitting, assembled: without(assembled, weakest) }, means, signal);
    throw tooLong(room.context);
  }
  const kept = draft.exchangeSizes.slice(draft.exchanges.length - history.length).reduce((sum, one) => sum + one, 0);
  const maxTokens = Math.min(sampling.maxTokens, room.context - size);
  return {
    ...assembled, notes, nonce, droppedExchanges: draft.exchanges.length - history.length,
    input: { system, history: turns, prompt, sampling: { ...sampling, maxTokens }, ...schemaOf(question.options) },
    sizes: account({ context: room.context, system: draft.systemSize, history: kept, sources: assembled.tokens, question: draft.questionSize, budget: room.sources, prompt: size, answer: maxTokens }),
  };
}

function without(assembled: Assembled, at: number): Assembled {
  const gone = new Set(assembled.sources[at]?.pieces.map((piece) => piece.passage.id));
  return {
    ...assembled, sources: assembled.sources.toSpliced(at, 1).map((source, i) => ({ ...source, number: i + 1 })),
    candidates: assembled.candidates.map((candidate) => (gone.has(candidate.passage.id) ? { ...candidate, dropped: { stage: "assemble", reason: "budget" } } : candidate)),
  };
}

/** For the grammar: only a schema that is enforced. */
function schemaOf(options: AnswerOptions): Pick<GenerateInput, "jsonSchema"> {
  return options.jsonSchema && options.jsonSchemaUse !== "validate" ? { jsonSchema: options.jsonSchema } : {};
}
