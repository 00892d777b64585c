import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { onShelf, parseAdapter } from "../../../cli/lookup.ts";

describe("what is meant on the shelf", () => {
  const items = [
    { id: "1", name: "Tone", path: resolve("first", "tone-v1.gguf") },
    { id: "2", name: "Tone", path: resolve("second", "tone-v2.gguf") },
    { id: "3", name: "Letters", path: resolve("first", "letters.gguf") },
    { id: "4", name: "Old letters", path: resolve("second", "letters.gguf") },
  ];

  it.each([["1", "1"], ["old LETTERS", "4"], ["tone-v2.gguf", "2"], ["tone-v2", "2"], ["none", undefined]])("%s", (wanted, id) => {
    expect(onShelf(items, wanted)?.id).toBe(id);
  });

  it("is not guessed where two are called the same: a removal would delete the wrong file, a check judge another adapter", () => {
    expect(() => onShelf(items, "tone")).toThrow(`2 on the shelf are called "tone": ${items[0]?.path}, ${items[1]?.path}.`);
    expect(() => onShelf(items, "letters.gguf")).toThrow(/2 on the shelf are called/);
  });

  it("is the file that lies here where its name is given, and others have it too", () => {
    const here = { id: "5", name: "Here", path: resolve("letters.gguf") };
    expect(onShelf([...items, here], "letters.gguf")).toBe(here);
  });
});

describe("an adapter with its strength", () => {
  it.each([["tone.gguf", "tone.gguf", 1], ["tone.gguf:0.5", "tone.gguf", 0.5], ["C:\\models\\tone.gguf", "C:\\models\\tone.gguf", 1], ["tone:2", "tone", 2]])("%s", (text, file, scale) => {
    expect(parseAdapter(text)).toEqual({ file, scale });
  });

  it("is refused beyond 2", () => {
    expect(() => parseAdapter("tone:2.5")).toThrow("tone:2.5: the scale is from 0 to 2.");
  });
});
