import { describe, expect, test } from "vitest";
import { mulberry32 } from "../../../engine/base/random.ts";
import { bootstrap } from "../../../engine/evaluation/metrics.ts";
import { holm } from "../../../engine/evaluation/statistics/holm.ts";
import { intervalOf } from "../../../engine/evaluation/statistics/interval.ts";
import { cohensKappa } from "../../../engine/evaluation/statistics/kappa.ts";
import { mcnemar } from "../../../engine/evaluation/statistics/mcnemar.ts";
import { normalCdf, normalQuantile } from "../../../engine/evaluation/statistics/normal.ts";
import { questionsForShares, questionsForValues } from "../../../engine/evaluation/statistics/power.ts";
import { wilcoxon } from "../../../engine/evaluation/statistics/wilcoxon.ts";

/** Constants are from SciPy 1.17.1 (scipy.stats) where no other source is named. */
describe("the normal distribution", () => {
  test("norm.cdf and norm.ppf", () => {
    for (const [z, p] of [[-3, 0.0013498980316300945], [-1.96, 0.024997895148220435], [-0.5, 0.3085375387259869], [0, 0.5], [1.234, 0.8913985507650246]] as const) expect(normalCdf(z), String(z)).toBeCloseTo(p, 8);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10);
    expect(normalQuantile(0.8)).toBeCloseTo(0.8416212335729143, 10);
    expect(normalQuantile(1 - 0.05 / 12)).toBeCloseTo(2.638257273476751, 8);
  });
});

describe("McNemar, exact", () => {
  test("binomtest(b, b + c, 0.5)", () => {
    for (const [b, c, p] of [[8, 2, 0.109375], [10, 25, 0.016673847800120715], [0, 6, 0.03125], [5, 5, 1], [0, 0, 1]] as const) expect(mcnemar(b, c), `${b} ${c}`).toBeCloseTo(p, 12);
    expect(mcnemar(121, 59) / 4.4344492637551645e-6).toBeCloseTo(1, 9);
    expect(mcnemar(2000, 2100)).toBeGreaterThan(0.1);
  });
});

describe("Wilcoxon's signed ranks", () => {
  test("Darwin's fertilised plants (R. A. Fisher, The Design of Experiments; p as in Hollander & Wolfe): W = 24 and 96, p = 0.0413", () => {
    const darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    expect(wilcoxon(darwin)).toMatchObject({ n: 15, plus: 96, minus: 24 });
    expect(wilcoxon(darwin).p).toBeCloseTo(0.041259765625, 12);
  });

  test("the example in Wikipedia's article, with ties and a zero: W = 18 and 27; exact over all sign patterns (PermutationMethod)", () => {
    const one = wilcoxon([15, -7, 5, 20, 0, -9, 17, -12, 5, -10]);
    expect(one).toMatchObject({ n: 9, plus: 27, minus: 18 });
    expect(one.p).toBeCloseTo(0.6328125, 12);
  });

  test("80 differences, by the normal curve with ties and continuity (wilcoxon(d, correction=True, method='asymptotic'))", () => {
    const many = wilcoxon(Array.from({ length: 80 }, (_, i) => (((i * 7919) % 101) - 45) / 10));
    expect(Math.min(many.plus, many.minus)).toBe(1347.5);
    expect(many.p).toBeCloseTo(0.25685922132952566, 8);
  });

  test("nothing to tell apart", () => {
    expect(wilcoxon([]).p).toBe(1);
    expect(wilcoxon([0, 0]).p).toBe(1);
  });
});

describe("several tests at once, and how many questions it takes", () => {
  test("Holm: p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm') of R's manual is 0.03 0.06 0.06 0.02", () => {
    holm([0.01, 0.04, 0.03, 0.005]).forEach((value, i) => expect(value).toBeCloseTo([0.03, 0.06, 0.06, 0.02][i] ?? 0, 12));
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });

  test("Connor's sample size of many questions: (z√p + z√(p − d²))² / d², with SciPy's quantiles", () => {
    expect(questionsForShares(8, 12, 100, { alpha: 0.05 })).toBe(979);
    expect(questionsForShares(5, 5, 100, { alpha: 0.05 })).toBeUndefined();
  });

  test("of few, so many that the exact test tells: where all differ one way, the first n with 2 / 2ⁿ below the level", () => {
    expect(questionsForShares(4, 0, 4, { alpha: 0.05 })).toBe(6);
    expect(questionsForShares(0, 4, 4, { alpha: 0.05 / 6 })).toBe(8);
    expect(questionsForValues([100, 101, 99], { alpha: 0.05 })).toBe(6);
    expect(mcnemar(8, 0)).toBeLessThan(0.05 / 6);
    expect(mcnemar(7, 0)).toBeGreaterThan(0.05 / 6);
  });

  test("the exact test has its power of .8 there: dealt out 4000 times; Connor's formula gives 120, 85 and 186", () => {
    const random = mulberry32(1);
    for (const [a, b, alpha, byFormula] of [[0.25, 0.1, 0.05, 120], [0.2, 0.05, 0.05, 85], [0.25, 0.1, 0.05 / 6, 186]] as const) {
      const size = questionsForShares(100 * a, 100 * b, 100, { alpha }) ?? 0;
      expect(size).toBeGreaterThan(byFormula);
      expect(size).toBeLessThan(1.1 * byFormula);
      let told = 0;
      for (let round = 0; round < 4000; round++) {
        let [onlyA, onlyB] = [0, 0];
        for (let i = 0; i < size; i++) {
          const dealt = random();
          if (dealt < a) onlyA++;
          else if (dealt < a + b) onlyB++;
        }
        if (mcnemar(onlyA, onlyB) < alpha) told++;
      }
      expect(Math.abs(told / 4000 - 0.8)).toBeLessThan(0.025);
    }
  });

  test("signed ranks: (z + z)² s² / m² · π / 3", () => {
    // mean 1, variance 4: 7.8489 · 4 · 1.0472 = 32.9
    expect(questionsForValues([3, -1, 3, -1, 1 + 2 * Math.SQRT2, 1 - 2 * Math.SQRT2, 1, 1, 1], { alpha: 0.05 })).toBe(33);
    expect(questionsForValues([1, -1], { alpha: 0.05 })).toBeUndefined();
  });
});

describe("intervals of shares", () => {
  test("all right is no certainty: binom.test(10, 10)$conf.int of R begins at 0.6915029, binom.test(0, 3) ends at 0.7075982", () => {
    expect(intervalOf(Array<number>(10).fill(1))).toEqual({ mean: 1, low: expect.closeTo(0.6915028921812397, 12) as number, high: 1 });
    expect(intervalOf([0, 0, 0])).toEqual({ mean: 0, low: 0, high: expect.closeTo(0.7075982261787251, 12) as number });
  });

  test("anything else by bootstrap", () => {
    for (const values of [[1, 0, 1], [0.5, 0.5], []]) expect(intervalOf(values)).toEqual(bootstrap(values));
  });
});

describe("Cohen's kappa", () => {
  test("the example in Wikipedia's article: 20, 5, 10, 15 of 50 is 0.4; its standard error by Cohen 1960 is 0.1296", () => {
    const times = (count: number, pair: readonly [boolean, boolean]) => Array.from({ length: count }, () => pair);
    const rated = [...times(20, [true, true]), ...times(5, [true, false]), ...times(10, [false, true]), ...times(15, [false, false])];
    const { agreement, kappa } = cohensKappa(rated);
    expect(agreement).toBeCloseTo(0.7, 12);
    expect(kappa?.value).toBeCloseTo(0.4, 12);
    expect((kappa?.high ?? 0) - 0.4).toBeCloseTo(1.959964 * 0.12961481396815722, 6);
    expect(cohensKappa([[true, true]]).kappa).toBeUndefined();
    expect(cohensKappa([])).toEqual({ n: 0, agreement: 0 });
  });
});
