/** Chinese and Japanese letters and their punctuation. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;

/** Whether two stretches of text that follow each other belong together without a space: Chinese and Japanese are written without spaces between words, and so between lines. */
export function joinsUnspaced(before: string, after: string): boolean {
  return UNSPACED.test(Array.from(before.slice(-2)).at(-1) ?? "") && UNSPACED.test(Array.from(after.slice(0, 2))[0] ?? "");
}
