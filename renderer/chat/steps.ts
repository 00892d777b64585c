const words: Record<string, string> = {
  condense: "Reading the question…", retrieve: "Searching your documents…", rerank: "Weighing what was found…", assemble: "Choosing the sources…",
  load: "Loading the model…", generate: "Thinking…", cite: "Matching sentences to sources…", check: "Checking…",
  "look-again": "Nothing of this stands in the sources. Asking again with less of them…",
};

/** What is being done, by the name of the answer's step; undefined: it has not begun. */
export const stepWords = (step: string | undefined): string => (step === undefined ? "Starting…" : words[step] ?? "Working…");

const names: Record<string, string> = { condense: "Question", load: "Model", retrieve: "Search", rerank: "Reranking", assemble: "Sources", generate: "Writing", cite: "Citations", check: "Check", "look-again": "Asking again" };

/** What a finished step is called beside its time. */
export const stepName = (step: string): string => names[step] ?? step;
