import { expect, test } from "vitest";
import { citedAnswer } from "../../../engine/evaluation/citations.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";

test("a question that cannot be answered for want of a model says so by its code, with the next step", async () => {
  const under = await AnswersUnderTest.open({ installed: false, say: () => "" });
  try {
    const asked = citedAnswer({ id: "q", question: "Who is the mayor of Krasil?", expectPhrase: "Dornis Rosson" }, { mode: "documents", filter: {}, includePrivate: false }, { answering: under.answers.means } as never, new AbortController().signal);
    await expect(asked).rejects.toMatchObject({ code: "NEEDS_MODEL", details: { next: expect.stringContaining("Quotes mode works without a model") as string } });
  } finally {
    await under.dispose();
  }
});
