import { textOf, type FormatReader } from "../source.ts";

const MAX_LINES = 60;

/** Source code: blocks at empty lines followed by an unindented line, so that a function stays whole; very long ones are cut. */
export const readCode: FormatReader = ({ source, out }) => {
  for (const group of topLevelGroups(textOf(source).replace(/\r\n?/g, "\n").split("\n"))) {
    if (out.full) return;
    for (let at = 0; at < group.length; at += MAX_LINES) out.lines("code", group.slice(at, at + MAX_LINES).join("\n"));
  }
};

function topLevelGroups(lines: readonly string[]): string[][] {
  const groups: string[][] = [];
  let group: string[] = [];
  lines.forEach((line, i) => {
    const afterGap = i > 0 && lines[i - 1]?.trim() === "";
    // A closing bracket at the margin belongs to what it closes.
    if (afterGap && /^[^\s})\]]/.test(line) && group.length > 0) {
      groups.push(group);
      group = [];
    }
    group.push(line);
  });
  groups.push(group);
  return groups;
}
