import { ESLint } from "eslint";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { projectRoot } from "../data.ts";

/** Each plants a file with one import in a part and says whether the layer rule lets it stand. */
const plants = [
  { name: "base imports the contract", at: "engine/base", code: `import { charRange } from "../contract/document.ts";`, refused: true },
  { name: "the contract imports a Node built-in", at: "engine/contract", code: `import { join } from "node:path";`, refused: true },
  { name: "the contract imports base", at: "engine/contract", code: `import { errorCodes } from "../base/errors.ts";`, refused: false },
  { name: "ingest imports answer", at: "engine/ingest", code: `import { answerQuestion } from "../answer/answer-question.ts";`, refused: true },
  { name: "answer imports ingest", at: "engine/answer", code: `import { ingestDocument } from "../ingest/ingest-document.ts";`, refused: true },
  { name: "a worker's inside imports the store", at: "engine/workers/embedder", code: `import type { Embedder } from "../../knowledge/store.ts";`, refused: true },
  { name: "ingest imports a worker's contract", at: "engine/ingest", code: `import { readerContract } from "../workers/reader/contract.ts";`, refused: false },
  { name: "ingest imports a worker's inside", at: "engine/ingest", code: `import { router } from "../workers/reader/main.ts";`, refused: true },
  { name: "the supervisor imports a worker's inside", at: "engine/workers", code: `import { router } from "./reader/main.ts";`, refused: true },
  { name: "the renderer imports the engine", at: "renderer", code: `import { createEngine } from "../engine/engine.ts";`, refused: true },
  { name: "the renderer imports the contract", at: "renderer", code: `import { contract } from "../engine/contract/index.ts";`, refused: false },
  { name: "the shell's main imports the engine", at: "electron", code: `import { createEngine } from "../engine/engine.ts";`, refused: true },
  { name: "the models room names node-llama-cpp", at: "engine/models", code: `import { getLlama } from "node-llama-cpp";`, refused: true },
  { name: "ingest names LanceDB", at: "engine/ingest", code: `import { connect } from "@lancedb/lancedb";`, refused: true },
];

describe("the layer rule", () => {
  const files: string[] = [];
  // Under CI the parser reads the tree once and would not see a file that is planted later.
  const eslint = new ESLint({ cwd: projectRoot, overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } } });
  afterAll(() => files.forEach((file) => rmSync(file, { force: true })));

  test.each(plants)("$name: refused is $refused", async ({ at, code, refused }) => {
    const file = join(projectRoot, at, `planted-${files.length}.ts`);
    files.push(file);
    const name = /import (?:type )?\{ (\w+) \}/.exec(code)?.[1] ?? "";
    writeFileSync(file, `${code}\nexport type Planted = typeof ${name};\n`.replace(code.includes("import type") ? "typeof " : "\0", ""));
    const [result] = await eslint.lintFiles([file]);
    rmSync(file);
    const hits = result?.messages.filter(({ ruleId }) => ruleId === "boundaries/dependencies" || ruleId === "no-restricted-imports") ?? [];
    expect(result?.messages.filter(({ fatal }) => fatal)).toEqual([]);
    expect(hits.length > 0, JSON.stringify(result?.messages)).toBe(refused);
  });
});
