import { defineConfig } from "vitest/config";

// Two cores and real models: one file at a time keeps llama.cpp and ONNX Runtime from fighting (DESIGN §5, thread policy).
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    fileParallelism: false,
    // Generous: a small machine that is busy with other things must not fail a test. Nothing is timed here; see scripts/bench.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", "./scripts/test-reporter.ts"],
  },
});
