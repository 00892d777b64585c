/** The guide's own table of contents: its headings of the second level, in order. */
export interface GuideSection { readonly id: string; readonly name: string }

/** A heading's place in an address: "Models and adapters" is `models-and-adapters`. */
export const sectionId = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");

export function sectionsOf(markdown: string): GuideSection[] {
  return Array.from(markdown.matchAll(/^## (.+)$/gm), ([, name = ""]) => ({ id: sectionId(name), name: name.trim() }));
}
