import type { AssistantMessage, Source } from "../contract/answers.ts";

/** Told what becomes of an answer while it is made. */
export interface AnswerListener {
  readonly step: (name: AssistantMessage["trace"]["steps"][number]["name"]) => void;
  readonly sources: (sources: readonly Source[], condensed: string | undefined) => void;
  readonly text: (text: string) => void;
  /** What was said of sources and text so far is withdrawn. */
  readonly again: () => void;
}

/** For whoever waits for the end. */
export const silent: AnswerListener = { step: () => undefined, sources: () => undefined, text: () => undefined, again: () => undefined };
