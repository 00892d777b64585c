import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../data.ts";

const css = readFileSync(join(projectRoot, "renderer", "design", "tokens.css"), "utf8");

function tokensOf(theme: "light" | "dark"): Map<string, string> {
  const body = css.slice(css.indexOf(`[data-theme="${theme}"] {`));
  return new Map([...body.slice(0, body.indexOf("\n}")).matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a: string, b: string): number => { const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y); return (high + 0.05) / (low + 0.05); };

/** Text on its grounds: WCAG AA asks for 4.5. Edges of controls and the focus ring: 3. */
const text = [
  ...["ink", "ink-2", "ink-3"].flatMap((ink) => ["paper", "paper-2", "surface"].map((ground) => [ink, ground] as const)),
  ["ink", "bubble"], ["ink-2", "sunken"], ["ink-3", "sunken"], ["on-accent", "accent"], ["accent-ink", "accent-soft"], ["accent-ink", "paper"], ["accent-ink", "surface"], ["mark-ink", "mark-soft"],
  ["danger", "danger-soft"], ["danger", "surface"], ["paper", "danger"], ["warn", "warn-soft"], ["good", "good-soft"],
  ...["code-comment", "code-keyword", "code-string", "code-number", "code-title", "code-type"].map((ink) => [ink, "paper-2"] as const),
] as const;
const edges = [["line-control", "surface"], ["line-control", "paper"], ["focus", "paper"], ["focus", "surface"]] as const;

describe.each(["light", "dark"] as const)("contrast, %s", (theme) => {
  const tokens = tokensOf(theme);
  const value = (name: string): string => { const found = tokens.get(name); if (!found) throw new Error(`There is no --${name} in ${theme}.`); return found; };
  test.each(text)("%s on %s is at least 4.5", (ink, ground) => { expect(contrast(value(ink), value(ground))).toBeGreaterThanOrEqual(4.5); });
  test.each(edges)("%s on %s is at least 3", (ink, ground) => { expect(contrast(value(ink), value(ground))).toBeGreaterThanOrEqual(3); });
});
