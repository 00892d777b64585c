import type { Candidate } from "../../engine/contract/index.ts";

/** Why a candidate is no source. */
export const dropWords: Readonly<Record<NonNullable<Candidate["dropped"]>["reason"], string>> = {
  limit: "beyond the sources", duplicate: "says the same as another", budget: "no room left", merged: "joined with its neighbour", private: "private", "same-section": "enough of its section",
};

/** The stages of a search, in order, as a person reads them. */
export const stageWords = [["lexical", "Words"], ["dense", "Meaning"], ["fused", "Together"], ["reranked", "Reranked"]] as const;
