import { describe, expect, test } from "vitest";
import { bootstrap, mean, ndcg, percentile, recall, reciprocalRank } from "../../../engine/evaluation/metrics.ts";
import { findPhrase, holds, nearestPhrase } from "../../../engine/evaluation/phrase.ts";

describe("measures against figures known from elsewhere", () => {
  test("nDCG of the example in Wikipedia's article (gain = grade, log2 discount): DCG 6.861, ideal 8.740 over 3 3 3 2 2 2 1 0", () => {
    const grades = new Map([["d1", 3], ["d2", 2], ["d3", 3], ["d5", 1], ["d6", 2], ["d7", 3], ["d8", 2]]);
    expect(ndcg(["d1", "d2", "d3", "d4", "d5", "d6"], grades, 6)).toBeCloseTo(6.861 / 8.740, 3);
  });

  test("recip_rank of Voorhees's three queries 1/3, 1/2, 1: mean 11/18", () => {
    const one = new Map([["right", 1]]);
    const ranks = [["x", "y", "right"], ["x", "right"], ["right"]].map((ranking) => reciprocalRank(ranking, one, 10));
    expect(mean(ranks)).toBeCloseTo(11 / 18, 12);
  });

  test("documents without a positive grade are not relevant, as in trec_eval's default level 1", () => {
    expect(recall(["a"], new Map([["a", 0], ["b", 1]]), 10)).toBe(0);
    expect(ndcg(["a", "b"], new Map([["a", 0], ["b", 1]]), 10)).toBeCloseTo(1 / Math.log2(3), 12);
  });
});

describe("intervals", () => {
  test("percentiles are NumPy's: [1, 2, 3, 4] at 0.5 is 2.5, at 0.95 is 3.85", () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([4, 1, 3, 2], 0.95)).toBeCloseTo(3.85, 12);
  });

  test("the bootstrap of 300 coin flips is the normal interval to a hundredth, and repeats exactly", () => {
    const flips = Array.from({ length: 300 }, (_, i) => i % 2);
    const interval = bootstrap(flips);
    const half = 1.96 * Math.sqrt(0.25 / 300);
    expect(interval.mean).toBe(0.5);
    expect(interval.low).toBeCloseTo(0.5 - half, 1);
    expect(Math.abs(interval.high - (0.5 + half))).toBeLessThan(0.01);
    expect(Math.abs(interval.low - (0.5 - half))).toBeLessThan(0.01);
    expect(bootstrap(flips)).toEqual(interval);
  });

  test("no values and equal values", () => {
    expect(bootstrap([])).toEqual({ mean: 0, low: 0, high: 0 });
    expect(bootstrap([1, 1, 1])).toEqual({ mean: 1, low: 1, high: 1 });
  });
});

describe("phrases", () => {
  const text = "The notice\n  period is “three months”, says the Café‑Vertrag; soft\u00adly.";

  test("are found without case, accents, quotes, soft hyphens and line breaks, where they stand", () => {
    for (const phrase of ["the NOTICE period", "\"three months\"", "cafe-vertrag", "softly", "period is"]) {
      const [range] = findPhrase(text, phrase);
      expect(range, phrase).toBeDefined();
      expect(holds(text.slice(range?.start, range?.end), phrase), phrase).toBe(true);
    }
    expect(text.slice(...(Object.values(findPhrase(text, "notice period")[0] ?? {}) as [number, number]))).toBe("notice\n  period");
    expect(findPhrase(text, "four months")).toEqual([]);
    expect(findPhrase(text, "  ")).toEqual([]);
    expect(findPhrase("aa bb aa", "aa")).toEqual([{ start: 0, end: 2 }, { start: 6, end: 8 }]);
  });

  test("ligatures that fold to several letters keep their offsets", () => {
    const [range] = findPhrase("an eﬃcient oﬀer", "efficient offer");
    expect(range).toEqual({ start: 3, end: 15 });
  });

  test("the nearest stretch holds most of the words, and says how many", () => {
    const long = `${"Other words fill this text. ".repeat(40)}The notice period is three months to the end of a quarter. ${"More of it. ".repeat(40)}`;
    const nearest = nearestPhrase(long, "notice period of six months");
    expect(long.slice(nearest?.range.start, nearest?.range.end)).toBe("notice period is three months");
    expect(nearest?.share).toBeCloseTo(3 / 5);
    expect(nearestPhrase(long, "xylophone")).toBeUndefined();
  });
});
