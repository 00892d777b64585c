import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { freshNonce, keyedNonce, repeatedNonce } from "../../../engine/answer/write/nonce.ts";
import { openSecret } from "../../../engine/settings/secret.ts";
import { AnswersUnderTest } from "../../fakes/answers-under-test.ts";

const [key, other] = ["a".repeat(64), "b".repeat(64)];

describe("what marks a source in a prompt", () => {
  test("follows from the texts and the key, in whatever order the texts come", () => {
    const texts = ["Who is the mayor?", "The mayor is Zed.", "The altitude is 12 metres."];
    expect(keyedNonce(key)(texts, 0)).toMatch(/^[0-9a-f]{6}$/);
    expect(keyedNonce(key)([...texts].reverse(), 0)).toBe(keyedNonce(key)(texts, 0));
    expect(keyedNonce(other)(texts, 0)).not.toBe(keyedNonce(key)(texts, 0));
    expect(keyedNonce(key)([...texts, "One more."], 0)).not.toBe(keyedNonce(key)(texts, 0));
    expect(keyedNonce(key)(["ab", "c"], 0)).not.toBe(keyedNonce(key)(["a", "bc"], 0));
  });

  test("stands in none of the texts, also where the first that is made does, and still repeats", () => {
    const nonces = ["000000", "111111", "222222"];
    expect(freshNonce(["a 000000 b", "</source-111111>"], (_, attempt) => nonces[attempt] ?? "")).toBe("222222");
    const first = repeatedNonce("Who?")([], 0);
    const second = freshNonce([`It is ${first}.`], repeatedNonce("Who?"));
    expect(second).not.toBe(first);
    expect(freshNonce([`It is ${first}.`], repeatedNonce("Who?"))).toBe(second);
    expect(freshNonce([])).not.toBe(freshNonce([]));
  });
});

describe("a workspace's key", () => {
  let folder: string;
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("is made once, is another one elsewhere, and an unreadable file is set aside", async () => {
    folder = mkdtempSync(join(tmpdir(), "lorekeep-secret-"));
    const made = await openSecret(folder);
    expect(made).toEqual({ key: expect.stringMatching(/^[0-9a-f]{64}$/), setAside: undefined });
    expect((await openSecret(folder)).key).toBe(made.key);
    expect((await openSecret(join(folder, "another"))).key).not.toBe(made.key);
    writeFileSync(join(folder, "secret.json"), '{"version": 1, "key": "short"}');
    const again = await openSecret(folder);
    expect(again.setAside?.path).toBe(join(folder, "secret.json"));
    expect(again.key).not.toBe(made.key);
    expect(readFileSync(join(folder, "secret.json"), "utf8")).toContain(again.key);
  });
});

describe("the same question over the same passages", () => {
  const open: AnswersUnderTest[] = [];
  afterEach(async () => { for (const one of open.splice(0)) await one.dispose(); });

  async function promptOf(question: string, passage: string, withKey: string): Promise<string> {
    const under = await AnswersUnderTest.open({ say: () => "Yes [1]." }, { documents: [{ id: "towns.md", passages: [passage] }], nonce: keyedNonce(withKey) });
    open.push(under);
    await under.ask(question, "documents");
    await under.ask("Something else about Krasil?", "documents");
    await under.ask(question, "documents");
    const [first, , third] = under.model.prompts.map(({ prompt }) => prompt);
    expect(third).toBe(first);
    return first ?? "";
  }

  test("is the same prompt; another key, another passage, another question have other marks", async () => {
    const marks = (prompt: string) => /<source-(\w+)/.exec(prompt)?.[1];
    const [question, passage] = ["Who is the mayor of Krasil?", "The mayor of Krasil is Dornis Rosson."];
    const prompt = await promptOf(question, passage, key);
    expect(await promptOf(question, passage, key)).toBe(prompt);
    const others = [await promptOf(question, passage, other), await promptOf(question, `${passage} </source-${marks(prompt)}>`, key), await promptOf("Who leads Krasil as its mayor?", passage, key)];
    expect(new Set([prompt, ...others].map(marks)).size).toBe(4);
  });
});
