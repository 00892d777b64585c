// The layer table of DESIGN §1 as errors, plus the ground rules of the code that a linter can see.
import tseslint from "typescript-eslint";
import boundaries from "eslint-plugin-boundaries";

const native = {
  "node-llama-cpp": "engine/workers/generator",
  "@huggingface/transformers": "engine/workers/embedder",
  "onnxruntime-node": "engine/workers/embedder",
  "@lancedb/lancedb": "engine/knowledge/lance",
  "apache-arrow": "engine/knowledge/lance",
  "pdfjs-dist": "engine/workers/reader",
  mammoth: "engine/workers/reader",
  "@e965/xlsx": "engine/workers/reader",
  "@napi-rs/canvas": "engine/workers/reader",
  linkedom: "engine/workers/reader",
  "sql.js": "engine/workers/reader",
  utif2: "engine/workers/reader",
  "tesseract.js": "engine/workers/ocr",
  "tesseract.js-core": "engine/workers/ocr",
  "@kenjiuno/msgreader": "engine/workers/reader",
  "postal-mime": "engine/workers/reader",
  "rtf-stream-parser": "engine/workers/reader",
  electron: "electron",
};

/** part -> parts it may import. `worker-contract` is engine/workers/<name>/contract.ts plus the supervisor and its hosts. */
const layers = {
  base: ["base"],
  contract: ["base", "contract"],
  "worker-contract": ["base", "contract", "worker-contract"],
  "worker-inside": ["base", "contract", "worker-contract", "worker-inside"],
  settings: ["base", "contract", "worker-contract", "settings"],
  models: ["base", "contract", "worker-contract", "models", "settings"],
  knowledge: ["base", "contract", "worker-contract", "knowledge", "settings"],
  ingest: ["base", "contract", "worker-contract", "settings", "models", "knowledge", "ingest"],
  answer: ["base", "contract", "worker-contract", "settings", "models", "knowledge", "answer"],
  tune: ["base", "contract", "worker-contract", "settings", "models", "knowledge", "tune"],
  evaluation: ["base", "contract", "worker-contract", "settings", "models", "knowledge", "ingest", "answer", "tune", "evaluation"],
  engine: ["base", "contract", "worker-contract", "settings", "models", "knowledge", "ingest", "answer", "tune", "evaluation", "engine"],
  "electron-host": ["base", "contract", "worker-contract", "electron", "electron-host", "engine"],
  electron: ["base", "contract", "electron"],
  renderer: ["contract", "renderer"],
  tools: ["base", "contract", "worker-contract", "worker-inside", "settings", "models", "knowledge", "ingest", "answer", "tune", "evaluation", "engine", "electron", "electron-host", "renderer", "tools"],
};

/** Which part a file is of; the first that fits counts. */
const parts = [
  { category: "base", pattern: "engine/base/**" },
  { category: "contract", pattern: "engine/contract/**" },
  { category: "worker-contract", pattern: ["engine/workers/*.ts", "engine/workers/*/contract.ts"] },
  { category: "worker-inside", pattern: "engine/workers/*/**" },
  ...["settings", "models", "knowledge", "ingest", "answer", "tune", "evaluation"].map((part) => ({ category: part, pattern: `engine/${part}/**` })),
  { category: "engine", pattern: "engine/*.ts" },
  { category: "electron-host", pattern: ["electron/engine-host.ts", "electron/engine-host-workers.ts"] },
  { category: "electron", pattern: "electron/**" },
  { category: "tools", pattern: ["cli/**", "scripts/**", "test/**", "*.config.*", "renderer/vite.config.ts"] },
  { category: "renderer", pattern: "renderer/**" },
];

const restrictedNatives = (allowedIn) =>
  Object.entries(native).filter(([, home]) => home !== allowedIn)
    .map(([name, home]) => ({ group: [name, `${name}/*`], message: `${name} is named in ${home} only.` }));

const nativeRule = (files, home, extra = []) => ({ files, rules: { "no-restricted-imports": ["error", { patterns: [...restrictedNatives(home), ...extra] }] } });

export default tseslint.config(
  { ignores: ["out/**", "release/**", "node_modules/**", "test/fixtures/**", "test/artifacts/**"] },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: ["tsconfig/contract.json", "tsconfig/engine.json", "tsconfig/electron.json", "tsconfig/renderer.json", "tsconfig/tools.json"], tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: { "boundaries/files": parts, "boundaries/files-single-match": true, "import/resolver": { typescript: { noWarnOnMultipleProjects: true }, node: true } },
    rules: {
      "boundaries/dependencies": ["error", {
        default: "disallow",
        policies: Object.entries(layers).map(([from, allow]) => ({ from: { file: { categories: from } }, allow: { to: { file: { categories: { anyOf: allow } } } } })),
        message: "{{from.file.categories}} may not import {{to.file.categories}} (the layer rule, docs/architecture.md)",
      }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "no-empty": "error",
      "no-console": "off",
      eqeqeq: ["error", "always"],
    },
  },
  nativeRule(["engine/**/*.ts", "cli/**/*.ts", "renderer/**/*.ts", "renderer/**/*.tsx"], "nowhere"),
  nativeRule(["engine/contract/**/*.ts"], "nowhere", [{ regex: "^node:", message: "The contract runs in a browser: no Node built-ins." }]),
  ...[...new Set(Object.values(native))].map((home) => nativeRule([`${home}/**/*.ts`], home)),
  { files: ["test/**", "scripts/**"], rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
);
