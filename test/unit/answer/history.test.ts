import { afterEach, expect, test } from "vitest";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";

let under: AnswersUnderTest | undefined;
afterEach(() => under?.dispose());

test.each([["base", "The interval is [1, 2]."], ["documents", "The interval is."]] as const)("in mode %s a follow-up sees what was said: %s", async (mode, said) => {
  under = await AnswersUnderTest.open({ say: () => "The interval is [1, 2]." });
  const { conversationId } = await under.ask("What is the altitude of Krasil?", mode);
  await under.ask("And who is the mayor of Krasil?", mode, { conversationId });
  expect(under.model.prompts[1]?.history).toEqual([{ role: "user", text: "What is the altitude of Krasil?" }, { role: "assistant", text: said }]);
});
