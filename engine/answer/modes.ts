import type { AnswerMode } from "../contract/answers.ts";

/** What a mode is made of (DESIGN §3). */
export interface ModeParts {
  readonly model: boolean;
  readonly documents: boolean;
  readonly fineTune: boolean;
}

export const modeParts: Readonly<Record<AnswerMode, ModeParts>> = {
  quotes: { model: false, documents: true, fineTune: false },
  base: { model: true, documents: false, fineTune: false },
  documents: { model: true, documents: true, fineTune: false },
  "fine-tune": { model: true, documents: false, fineTune: true },
  hybrid: { model: true, documents: true, fineTune: true },
};
