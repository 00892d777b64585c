import { LorekeepError } from "../../base/errors.ts";
import type { AnswerSentence } from "../../contract/answers.ts";
import type { AnswerFormat } from "../../contract/json-schema.ts";
import type { Candidate } from "../../contract/search.ts";
import type { GenerateEvent } from "../../workers/generator/contract.ts";
import type { Answered } from "../answer-question.ts";
import { silent, type AnswerListener } from "../listener.ts";
import { toContractSource, type Assembled, type AssembledSource } from "../context/assemble.ts";
import type { AdapterReady, ChatModelReady } from "./chat-model.ts";
import type { Composed } from "./compose.ts";
import { formatNote, withEnding } from "./format.ts";
import type { Question } from "../means.ts";
import { modeParts } from "../modes.ts";
import type { Quoted } from "./quotes.ts";
import { TraceRecorder } from "../trace.ts";

const UNANSWERED = "I don't know: nothing in your documents seems to answer this.";

/** An answer while it is made: what there is of it stands here at any moment, so that a stop or a failure loses nothing. */
export class Draft {
  readonly question: Question;
  readonly trace: TraceRecorder;
  sentences: readonly AnswerSentence[] = [];
  private readonly listener: AnswerListener;
  private written_ = "";
  private sources_: readonly AssembledSource[] = [];
  private adapters_: readonly AdapterReady[] = [];
  private nonce_: string | undefined;
  private thoughts = 0;
  private format: AnswerFormat | undefined;
  /** Why the model stopped writing. */
  private ending: Extract<GenerateEvent, { type: "done" }>["stopReason"] | undefined;

  constructor(question: Question, listener: AnswerListener) {
    this.question = question;
    this.listener = listener;
    const { mode, filter } = question.options;
    this.trace = new TraceRecorder({ mode, question: question.text, filter }, (name) => listener.step(name));
  }

  get text(): string {
    return this.written_;
  }

  /** The question as it is searched for: condensed, where it was a follow-up. */
  get searched(): string {
    return this.trace.condensed ?? this.question.text;
  }

  get sources(): readonly AssembledSource[] {
    return this.sources_;
  }

  get adapters(): readonly AdapterReady[] {
    return this.adapters_;
  }

  get nonce(): string | undefined {
    return this.nonce_;
  }

  /** The same question, written anew: nobody hears of it. */
  another(): Draft {
    const other = new Draft(this.question, silent);
    other.trace.record({ condensed: { text: this.searched, how: "as-is" } });
    other.adapters_ = this.adapters_;
    return other;
  }

  /** What was written takes back its place: the trace keeps the text, and tells of the prompt that the answer comes from. */
  withdrawFor(other: Draft): void {
    const { prompt = 0, completion = 0 } = this.trace.tokens;
    this.trace.record({ withdrawn: { text: this.written_, sources: this.sources_.length, prompt, completion }, ...other.trace.made });
    this.trace.note(`Nothing of what the model wrote first stood in the ${this.sources_.length} sources. It was asked again with ${other.sources_.length === 1 ? "the best of them alone" : `the best ${other.sources_.length}`}.`);
    this.listener.again();
    this.written_ = "";
    this.sources_ = other.sources_;
    this.nonce_ = other.nonce_;
    this.ending = other.ending;
    this.thoughts += other.thoughts;
    this.sentences = other.sentences;
    this.listener.sources(this.sources_.map(toContractSource), this.trace.condensed);
    this.write(other.written_);
  }

  loaded(model: ChatModelReady, adapters: readonly AdapterReady[]): void {
    const { quantisation, backend, template, threads } = model.loaded;
    this.adapters_ = adapters;
    this.trace.record({
      model: { id: model.id, name: model.name, quantisation, backend, template: template.name, threads },
      adapters: adapters.map(({ modelId, name, scale }) => ({ modelId, name, scale })),
    });
    if (template.source === "fallback") this.trace.note(`${model.name} brings no chat template: the fallback “${template.name}” was used.`);
  }

  assembled(assembled: Assembled | Composed): void {
    this.sources_ = assembled.sources;
    this.trace.record({ candidates: [...assembled.candidates] });
    if ("sizes" in assembled) {
      this.nonce_ = assembled.nonce;
      this.trace.record({ tokens: assembled.sizes });
      this.trace.note(...assembled.notes);
      const summaries = assembled.sources.filter(({ summary }) => summary !== undefined).map(({ number }) => number);
      if (summaries.length > 0) this.trace.note(`The model was shown its own summary of source ${summaries.join(", ")}: the whole did not fit.`);
      if (assembled.droppedExchanges > 0) this.trace.note(`${assembled.droppedExchanges} earlier question${assembled.droppedExchanges === 1 ? "" : "s"} did not fit the model's context and were left out.`);
    }
    if (modeParts[this.question.options.mode].documents) this.listener.sources(this.sources_.map(toContractSource), this.trace.condensed);
  }

  write(text: string): void {
    if (text === "") return;
    this.trace.firstToken();
    this.written_ += text;
    this.listener.text(text);
  }

  /** What a reasoning model thinks is no part of the answer; the trace says that it did. */
  thought(text: string): void {
    this.thoughts += text.length;
  }

  written(done: Extract<GenerateEvent, { type: "done" }>): void {
    this.ending = done.stopReason;
    this.trace.record({ stopReason: done.stopReason, tokens: { prompt: done.promptTokens, cached: done.cachedTokens, completion: done.completionTokens } });
    if (done.generateMs > 0) this.trace.record({ tokensPerSecond: Math.round((done.completionTokens / done.generateMs) * 10_000) / 10 });
  }

  /** The end of the check: whether the finished answer follows its schema. */
  checked(format: AnswerFormat | undefined): void {
    if (!format) return;
    this.format = this.ending ? withEnding(format, this.ending) : format;
    this.trace.note(formatNote(this.format));
  }

  quoted(quoted: Quoted): void {
    this.sentences = quoted.sentences;
    this.write(quoted.text);
  }

  /** Instead of an answer that would be made up: what was found stays in the trace. */
  unanswered(candidates: readonly Candidate[]): void {
    this.trace.record({ candidates: [...candidates] });
    this.listener.sources([], this.trace.condensed);
    this.write(UNANSWERED);
  }

  complete(): Answered {
    return this.answered("complete");
  }

  stopped(): Answered {
    this.trace.record({ stopReason: "stopped" });
    return this.answered("stopped");
  }

  failed(error: unknown): Answered {
    this.trace.record({ stopReason: "failed" });
    if (error instanceof LorekeepError) {
      const { reason, next, detail } = error.details;
      if (detail) this.trace.note(detail);
      return { ...this.answered("failed"), error: { code: error.code, reason, ...(next === undefined ? {} : { next }) } };
    }
    this.trace.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { ...this.answered("failed"), error: { code: "INTERNAL", reason: "Something went wrong inside Lorekeep while answering.", next: "Ask again; if it happens again, the answer's trace says where." } };
  }

  private answered(state: Answered["state"]): Answered {
    if (this.thoughts > 0) this.trace.note(`The model thought before it answered (${this.thoughts} characters, not kept).`);
    return { text: this.written_, state, sources: this.sources_.map(toContractSource), sentences: [...this.sentences], trace: this.trace.finish(), ...(this.format ? { format: this.format } : {}) };
  }
}
