/** The first key that the outermost object of a valid JSON text has twice, of which JSON.parse would keep the last without a word. */
export function duplicateKey(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]/gs)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1 && token.endsWith(":")) {
      const key = JSON.parse(token.slice(0, -1)) as string; // a JSON string, by the pattern
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}
