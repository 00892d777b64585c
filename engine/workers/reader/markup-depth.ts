/** Deeper than any document a person or program made on purpose; parsers and tree walks beneath us recurse or slow down with depth. */
const MAX_DEPTH = 1000;
/** Elements that need no end tag, or have none: they open without closing and nest nothing by that. */
const UNCLOSED = new Set("p li dt dd tr td th thead tbody tfoot option optgroup colgroup rt rp area base br col embed hr img input link meta source track wbr".split(" "));

/** The markup itself, or only its text in one element where it is nested beyond {@link MAX_DEPTH}. One pass, no backtracking. */
export function flattenIfTooDeep(markup: string): string {
  let depth = 0;
  for (const { name, closes } of tags(markup)) {
    if (closes) depth = Math.max(0, depth - 1);
    else if (!UNCLOSED.has(name) && ++depth > MAX_DEPTH) return withoutTags(markup);
  }
  return markup;
}

function* tags(markup: string): Generator<{ name: string; closes: boolean; at: number; end: number }> {
  for (let at = markup.indexOf("<"); at >= 0; at = markup.indexOf("<", at + 1)) {
    const end = markup.indexOf(">", at);
    if (end < 0) return;
    const name = /^<(\/?)([a-z][\w:.-]{0,40})/i.exec(markup.slice(at, at + 50));
    if (!name) continue;
    if (markup[end - 1] !== "/") yield { name: name[2]?.toLowerCase() ?? "", closes: name[1] === "/", at, end };
  }
}

function withoutTags(markup: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const { at, end } of tags(markup)) {
    if (at < from) continue;
    parts.push(markup.slice(from, at));
    from = end + 1;
  }
  parts.push(markup.slice(from));
  return `<p>${parts.join(" ")}</p>`;
}
