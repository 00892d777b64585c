import type { ContractRouterClient } from "@orpc/contract";
import { answersContract, conversationsContract } from "./answers.ts";
import { compareContract } from "./compare.ts";
import { evaluationContract } from "./evaluation.ts";
import { languagesContract } from "./languages.ts";
import { collectionsContract, documentsContract, foldersContract, queueContract } from "./library.ts";
import { modelsContract } from "./models.ts";
import { searchContract } from "./search.ts";
import { settingsContract } from "./settings.ts";
import { systemContract } from "./system.ts";
import { tuneContract } from "./tune.ts";

/** What may be asked of the engine. Every other type in the face, the terminal and the hosts is derived from this. */
export const contract = {
  collections: collectionsContract,
  documents: documentsContract,
  folders: foldersContract,
  queue: queueContract,
  languages: languagesContract,
  search: searchContract,
  conversations: conversationsContract,
  answers: answersContract,
  compare: compareContract,
  evaluation: evaluationContract,
  models: modelsContract,
  tune: tuneContract,
  settings: settingsContract,
  system: systemContract,
};

/** The engine as a client sees it, whichever transport is between. */
export type EngineClient = ContractRouterClient<typeof contract>;

export * from "./answers.ts";
export * from "./check.ts";
export * from "./compare.ts";
export * from "./document.ts";
export * from "./errors.ts";
export * from "./evaluation.ts";
export * from "./fine-tunes.ts";
export * from "./json-schema.ts";
export * from "./languages.ts";
export * from "./library.ts";
export * from "./models.ts";
export * from "./questions.ts";
export * from "./reports.ts";
export * from "./runs.ts";
export * from "./search.ts";
export * from "./settings.ts";
export * from "./system.ts";
export * from "./tune.ts";
