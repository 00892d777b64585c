import type { Element, Root } from "hast";
import type { VFile } from "vfile";

/**
 * Models write `$$…$$` on one line and mean a formula of its own; remark-math reads that as one within the text. A paragraph that
 * consists of nothing else is made a displayed formula.
 */
export function rehypeDisplayMath() {
  return (tree: Root, file: VFile): void => visit(tree, String(file.value));
}

function visit(parent: Root | Element, source: string): void {
  for (const child of parent.children) {
    if (child.type !== "element") continue;
    const formula = child.tagName === "p" ? onlyFormula(child) : undefined;
    const start = formula?.position?.start.offset;
    if (formula && start !== undefined && source.startsWith("$$", start)) formula.properties.className = ["language-math", "math-display"];
    else visit(child, source);
  }
}

function onlyFormula(paragraph: Element): Element | undefined {
  const [only, ...more] = paragraph.children.filter((child) => (child.type !== "text" || child.value.trim() !== "") && !(child.type === "element" && child.tagName === "cite"));
  const inner = only?.type === "element" && only.tagName === "span" && only.children.length === 1 ? only.children[0] : only;
  if (more.length > 0 || inner?.type !== "element" || inner.tagName !== "code") return undefined;
  return Array.isArray(inner.properties.className) && inner.properties.className.includes("math-inline") ? inner : undefined;
}
