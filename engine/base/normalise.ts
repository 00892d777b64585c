/**
 * What text looks like everywhere in Lorekeep. Every offset counts in text that went through here, so it must be idempotent.
 * NFC, not NFKC: "x²" stays "x²". The Latin ligatures and the drawn forms of Arabic and Hebrew letters are the compatibility mappings people search across.
 */
const LIGATURES: Readonly<Record<string, string>> = { "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st" };

/** Soft hyphen, zero-width space, word joiner and invisible operators, byte order mark, Mongolian vowel separator; bidi controls and tag characters, which can hide text from a reader. */
const INVISIBLE = /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu;
/** Joiners mean something in Arabic, Indic scripts and emoji sequences only. */
const STRAY_JOINER = /(^|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{P}\s])[\u200C\u200D]+/gu;
const SPACES = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g;
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;
/** Bullets of the Symbol and Wingdings fonts, which have no Unicode meaning of their own. */
const SYMBOL_BULLETS = /[\uF0A7\uF0B7\uF076\uF0D8\uF0FC]/g;
/** Other private-use characters mean something in one font only: pieces of brackets, logos. Nobody can search or read them. */
const PRIVATE_USE = /\p{Co}/gu;
/** Joined forms of Arabic letters and wide ones of Hebrew, as old programs stored what they drew: the letters themselves are what people search for. */
const DRAWN_FORMS = /[\uFB20-\uFB29\uFB4F-\uFDFB\uFE70-\uFEFC]/g;
const PLAIN = /^[\x20-\x7E\n\t]*$/;

/** Normalised text that keeps its line breaks and tabs: code, records, cells. */
export function normaliseText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085\u000B\u000C]/g, "\n")
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/[ﬀ-ﬆ]/g, (ligature) => LIGATURES[ligature] ?? ligature)
    .replace(DRAWN_FORMS, (form) => form.normalize("NFKC").trimStart())
    .replace(INVISIBLE, "")
    .replace(STRAY_JOINER, "$1")
    .replace(SPACES, " ")
    .replace(SYMBOL_BULLETS, "•")
    .replace(PRIVATE_USE, "")
    .replace(CONTROLS, "")
    .normalize("NFC");
}

/** Normalised running text on one line: any white space becomes one space. */
export function normaliseLine(text: string): string {
  return normaliseText(text).replace(/\s+/g, " ").trim();
}

/** Code keeps its indentation; trailing white space and blank lines around it go. Loops, since `[ ]+$` takes quadratic time on a row of spaces. */
export function normaliseCode(text: string): string {
  const lines = normaliseText(text).split("\n").map((line) => line.trimEnd());
  let [first, end] = [0, lines.length];
  while (first < end && lines[first] === "") first++;
  while (end > first && lines[end - 1] === "") end--;
  return lines.slice(first, end).join("\n");
}
