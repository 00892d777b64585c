import { defineConfig } from "vitest/config";

// Two cores and real models: one file at a time keeps llama.cpp and ONNX Runtime from fighting (DESIGN §5, thread policy).
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./scripts/test-reporter.ts"],
  },
});
