import { expect, test } from "vitest";
import { mean, ndcg, recall, reciprocalRank } from "../../../engine/evaluation/metrics.ts";

const relevant = new Map([["a", 2], ["b", 1], ["c", 1]]);

test("nDCG by hand: (2/log2(2) + 1/log2(4)) / (2/log2(2) + 1/log2(3) + 1/log2(4))", () => {
  expect(ndcg(["a", "x", "b"], relevant, 10)).toBeCloseTo((2 + 0.5) / (2 + 1 / Math.log2(3) + 0.5), 12);
  expect(ndcg(["a", "b", "c"], relevant, 10)).toBe(1);
  expect(ndcg(["x", "y", "a"], relevant, 2)).toBe(0);
});

test("recall and reciprocal rank count at their depth only", () => {
  expect(recall(["x", "a", "b"], relevant, 2)).toBeCloseTo(1 / 3);
  expect(reciprocalRank(["x", "a"], relevant, 10)).toBe(0.5);
  expect(reciprocalRank(["x", "a"], relevant, 1)).toBe(0);
  expect(mean([])).toBe(0);
});
