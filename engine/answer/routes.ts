import { os, stream } from "../contract/server.ts";
import type { Answers } from "./answers.ts";

/** The contract's parts `search`, `conversations` and `answers`. */
export function answerRoutes(answers: Answers) {
  const { conversations } = answers;
  return {
    search: {
      query: os.search.query.handler(({ input, signal }) => answers.search(input, signal)),
      prefetch: os.search.prefetch.handler(({ input, signal }) => answers.prefetch(input, signal)),
    },
    conversations: {
      list: os.conversations.list.handler(({ input }) => conversations.list(input.text)),
      get: os.conversations.get.handler(({ input }) => conversations.get(input.id)),
      create: os.conversations.create.handler(({ input }) => conversations.create(input)),
      update: os.conversations.update.handler(({ input: { id, ...change } }) => conversations.update(id, change)),
      remove: os.conversations.remove.handler(({ input }) => answers.removeConversation(input.id)),
      export: os.conversations.export.handler(({ input }) => answers.export(input.id, input.format)),
    },
    answers: {
      ask: os.answers.ask.handler(({ input, signal }) => stream(answers.ask(input, signal))),
      regenerate: os.answers.regenerate.handler(({ input, signal }) => stream(answers.regenerate(input, signal))),
      stop: os.answers.stop.handler(({ input }) => ({ stopped: answers.stop(input.assistantId) })),
    },
  };
}
