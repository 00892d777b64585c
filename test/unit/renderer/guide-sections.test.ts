import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sectionId, sectionsOf } from "../../../renderer/guide/sections.ts";
import { projectRoot } from "../../data.ts";

const guide = readFileSync(join(projectRoot, "docs", "user-guide.md"), "utf8");

test.each([["Models and adapters", "models-and-adapters"], ["When something does not work", "when-something-does-not-work"], ["  A / B!  ", "a-b"], ["Überblick", "überblick"]])("%s", (name, id) => {
  expect(sectionId(name)).toBe(id);
});

test("the guide has the sections a person looks for, each with an address of its own", () => {
  const sections = sectionsOf(guide);
  expect(sections.map(({ name }) => name)).toEqual(["First steps", "Modes", "Comparing", "Evaluating", "Reading citations", "Privacy", "Models and adapters", "Fine-tunes", "In the terminal", "When something does not work"]);
  expect(new Set(sections.map(({ id }) => id)).size).toBe(sections.length);
});
