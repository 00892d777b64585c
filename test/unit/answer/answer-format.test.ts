import { afterEach, describe, expect, it } from "vitest";
import { withFormat, type FineTuneFormat } from "../../../engine/answer/write/format.ts";
import { answerOptions, assistantMessage, type AnswerOptions } from "../../../engine/contract/index.ts";
import { newFineTune, withSchema } from "../../../engine/models/versions.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";

const schema = { type: "object", properties: { answer: { type: "string" } }, required: ["answer"], additionalProperties: false };
let under: AnswersUnderTest | undefined;
afterEach(() => under?.dispose());
const opened = async (text: string, more: { fineTuneFormat?: (id: string) => FineTuneFormat | undefined } = {}) => (under = await AnswersUnderTest.open({ say: () => text }, more));

describe("a JSON schema on a message", () => {
  it("is enforced by grammar where nothing else is said, and the answer says that it follows", async () => {
    const { model, ...rest } = await opened('{"answer": "2028"}').then((made) => ({ model: made.model, ask: made.ask.bind(made) }));
    const { message } = await rest.ask("What is the altitude of Krasil?", "documents", { options: { jsonSchema: schema } });
    expect(model.prompts[0]?.jsonSchema).toEqual(schema);
    expect(message.format).toEqual({ valid: true });
    expect(message.trace.notes).toContain("The answer follows the JSON schema.");
  });

  it("is only checked where that is asked for, and the answer says what it misses", async () => {
    const made = await opened('{"answer": 2028}');
    const { message, conversationId } = await made.ask("What is the altitude of Krasil?", "base", { options: { jsonSchema: schema, jsonSchemaUse: "validate" } });
    expect(made.model.prompts[0]?.jsonSchema).toBeUndefined();
    expect(message).toMatchObject({ state: "complete", format: { valid: false, problem: "“answer” must be string." } });
    expect(message.trace.notes).toContain("The answer does not follow the JSON schema: “answer” must be string.");
    const kept = (await made.answers.conversations.get(conversationId)).tree.at(-1);
    expect(kept).toMatchObject({ format: message.format });
  });

  it.each([
    ["length", "it reached the greatest length an answer may have"],
    ["context-full", "the model's context was full"],
  ] as const)("says that an answer was cut off (%s), not what is wrong with the half", async (stopReason, why) => {
    under = await AnswersUnderTest.open({ say: () => '{"answer": "The altitude of', stopReason });
    const { message } = await under.ask("What is the altitude of Krasil?", "base", { options: { jsonSchema: schema } });
    expect(message.format).toEqual({ valid: false, problem: `The answer was cut off before its JSON was complete: ${why}.` });
    await under.dispose();
    under = await AnswersUnderTest.open({ say: () => '{"answer": "2028"}', stopReason });
    expect((await under.ask("What is the altitude of Krasil?", "base", { options: { jsonSchema: schema } })).message.format).toEqual({ valid: true });
  });

  it("that is none is refused before anything is generated", async () => {
    const made = await opened("never said");
    const { message } = await made.ask("What is the altitude of Krasil?", "base", { options: { jsonSchema: { type: "word" }, jsonSchemaUse: "validate" } });
    expect(message).toMatchObject({ state: "failed", text: "", error: { code: "INVALID", reason: expect.stringMatching(/^This is no JSON schema/), next: expect.stringMatching(/Drafts 6, 7/) } });
    expect(message.format).toBeUndefined();
    expect(made.model.prompts).toEqual([]);
  });

  it("says nothing of an answer without a schema, of quotes, and of conversations of before", async () => {
    const made = await opened("It is high.");
    expect((await made.ask("What is the altitude of Krasil?", "base")).message).not.toHaveProperty("format");
    expect((await made.ask("What is the altitude of Krasil?", "quotes", { options: { jsonSchema: schema } })).message).not.toHaveProperty("format");
    const { message } = await made.ask("What is the altitude of Krasil?", "base");
    expect(assistantMessage.parse(message)).toEqual(message);
    expect(answerOptions.parse({ mode: "base", jsonSchema: schema })).not.toHaveProperty("jsonSchemaUse");
  });
});

describe("a JSON schema on a fine-tune", () => {
  const formatOf = (id: string): FineTuneFormat | undefined => (id === "tone" ? { jsonSchema: schema, use: "validate" } : undefined);
  const options = (more: Partial<AnswerOptions>): AnswerOptions => ({ mode: "fine-tune", adapters: [{ modelId: "tone", scale: 1 }], filter: {}, sampling: {}, ...more });

  it("holds where the fine-tune is used and the message names none", () => {
    expect(withFormat(options({}), formatOf)).toMatchObject({ jsonSchema: schema, jsonSchemaUse: "validate" });
    expect(withFormat(options({ mode: "hybrid", adapters: [], modelId: "tone" }), formatOf)).toMatchObject({ jsonSchema: schema });
    expect(withFormat(options({ mode: "documents" }), formatOf).jsonSchema).toBeUndefined();
    expect(withFormat(options({ adapters: [{ modelId: "other", scale: 1 }] }), formatOf).jsonSchema).toBeUndefined();
    const own = { type: "array" };
    expect(withFormat(options({ jsonSchema: own, jsonSchemaUse: "enforce" }), formatOf)).toMatchObject({ jsonSchema: own, jsonSchemaUse: "enforce" });
  });

  it("is checked in its answers, and not enforced unless it says so", async () => {
    const made = await opened("Not JSON.", { fineTuneFormat: formatOf });
    const { message } = await made.ask("What is the altitude of Krasil?", "fine-tune", { options: { adapters: [{ modelId: "tone", scale: 1 }] } });
    expect(message.format).toEqual({ valid: false, problem: "The answer is not JSON." });
    expect(made.model.prompts[0]?.jsonSchema).toBeUndefined();
  });

  it("is kept, changed and taken away", () => {
    const tune = newFineTune({ id: "t", name: "Tone", kind: "adapter" }, { id: "v1", itemId: "a", sha256: "1", notes: "", lineage: {}, when: "" });
    const kept = withSchema(tune, schema, "enforce");
    expect(kept).toMatchObject({ jsonSchema: schema, jsonSchemaUse: "enforce" });
    expect(withSchema(kept, undefined, "validate")).toMatchObject({ jsonSchema: schema, jsonSchemaUse: "validate" });
    expect(withSchema(kept, null, undefined)).toEqual(tune);
  });
});
