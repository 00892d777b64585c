import { expect, test } from "vitest";
import { scoreOf } from "../../../engine/workers/embedder/logits.ts";

test("one label counts as it is; of two it is the distance, as the probability goes by it", () => {
  expect(scoreOf(Float32Array.of(1.5))).toBe(1.5);
  const [surer, likelier] = [Float32Array.of(5, 4), Float32Array.of(-5, 3)];
  expect(scoreOf(surer), "0.27 against 1.00, although its second logit is the larger").toBeLessThan(scoreOf(likelier));
});
