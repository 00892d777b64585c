import type { AnswerMode, AnswerTrace } from "../contract/answers.ts";
import type { Candidate, SearchFilter } from "../contract/search.ts";

type StepName = AnswerTrace["steps"][number]["name"];
type Facts = Omit<AnswerTrace, "mode" | "question" | "filter" | "steps" | "started" | "totalMs" | "firstTokenMs" | "notes">;

/** So much of a passage that did not come into the answer is kept; its range says where the whole stands. */
const KEPT_TEXT = 240;

/** Writes down how an answer comes about, while it does. Whatever happens, {@link finish} gives a complete trace of what there was. */
export class TraceRecorder {
  private readonly start = performance.now();
  private readonly started = new Date().toISOString();
  private readonly steps: AnswerTrace["steps"] = [];
  private readonly notes: string[] = [];
  private readonly facts: Facts = { adapters: [], candidates: [], tokens: {} };
  private firstTokenMs: number | undefined;
  private readonly asked: { mode: AnswerMode; question: string; filter: SearchFilter };
  private readonly onStep: (name: StepName) => void;

  constructor(asked: { mode: AnswerMode; question: string; filter: SearchFilter }, onStep: (name: StepName) => void) {
    this.asked = asked;
    this.onStep = onStep;
  }

  /** Runs a step and writes down how long it took, also when it fails. */
  async step<T>(name: StepName, work: () => Promise<T> | T): Promise<T> {
    this.onStep(name);
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.steps.push({ name, ms: rounded(performance.now() - start) });
    }
  }

  /** A note to the step that was done last. */
  noteStep(text: string): void {
    const last = this.steps.at(-1);
    if (last) last.note = text;
  }

  note(...texts: readonly string[]): void {
    this.notes.push(...texts);
  }

  /** What was searched for, where it is not what was asked. */
  get condensed(): string | undefined {
    return this.facts.condensed?.text;
  }

  get tokens(): AnswerTrace["tokens"] {
    return this.facts.tokens;
  }

  /** How what was written came about, once it is there. */
  get made(): Pick<Facts, "tokens" | "stopReason" | "tokensPerSecond"> {
    const { tokens, stopReason, tokensPerSecond } = this.facts;
    return { tokens, ...(stopReason === undefined ? {} : { stopReason }), ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }) };
  }

  record(facts: Partial<Facts>): void {
    Object.assign(this.facts, { ...facts, ...(facts.tokens ? { tokens: { ...this.facts.tokens, ...facts.tokens } } : {}) });
  }

  firstToken(): void {
    this.firstTokenMs ??= rounded(performance.now() - this.start);
  }

  finish(): AnswerTrace {
    return {
      ...this.asked, ...this.facts, candidates: this.facts.candidates.map(shortened), steps: [...this.steps], started: this.started,
      totalMs: rounded(performance.now() - this.start), ...(this.firstTokenMs === undefined ? {} : { firstTokenMs: this.firstTokenMs }), notes: [...this.notes],
    };
  }
}

/** The trace lies beside every answer, so passages that were not used are kept by their beginning. */
function shortened(candidate: Candidate): Candidate {
  const { passage, dropped } = candidate;
  if (!dropped || dropped.reason === "merged" || passage.text.length <= KEPT_TEXT) return candidate;
  return { ...candidate, passage: { ...passage, text: `${passage.text.slice(0, KEPT_TEXT)}…` } };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
