/** Where the context's tokens go: system + history + sources + question + template = prompt, and prompt + answer + free = context. */
export type Account = Readonly<Record<"context" | "system" | "history" | "sources" | "question" | "template" | "prompt" | "answer" | "free" | "budget", number>>;

/**
 * Parts are counted apart and the prompt as a whole, and a text's tokens are a few fewer inside another: what the parts have too many is taken
 * off sources and history, whose counts allow for seams, so that the account adds up to what was really counted.
 */
export function account(counted: Omit<Account, "template" | "free">): Account {
  const { context, system, question, prompt, answer } = counted;
  const over = Math.max(0, system + counted.history + counted.sources + question - prompt);
  const sources = Math.max(0, counted.sources - over);
  const history = Math.max(0, counted.history - (over - (counted.sources - sources)));
  return { ...counted, sources, history, template: prompt - system - history - sources - question, free: context - prompt - answer };
}
