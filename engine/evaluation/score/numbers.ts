/** A number as it stands in a text: sign, digits with separators. Not inside a word such as YF-009. */
const pattern = /(?<![\p{L}\p{N}.,]|\p{L}[-−–])([-−–]?)(\p{Nd}+(?:[.,'’\u00a0\u202f]\p{Nd}+)*)/gu;

/**
 * The numbers of a text, each with every value it may mean: "1.200" is 1200 in Berlin and 1.2 in London, and units, signs of currency and
 * percent are left aside.
 */
export function numbersIn(text: string): number[][] {
  return [...text.matchAll(pattern)].map((match) => {
    const before = text[match.index - 1];
    const negative = match[1] !== "" && (before === undefined || /[\s(]/.test(before));
    return readings(match[2] ?? "").map((value) => (negative ? -value : value));
  });
}

function readings(digits: string): number[] {
  const plain = asciiDigits(digits);
  const grouped = plain.replace(/[.,'’\u00a0\u202f](?=\d{3}(?:\D|$))/g, "").replace(",", ".");
  const decimal = /^\d+[.,]\d+$/.test(plain) ? plain.replace(",", ".") : grouped;
  return [...new Set([Number(grouped), Number(decimal)])].filter(Number.isFinite);
}

/** Arabic-Indic and other digits as 0 to 9. */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    if (/\d/.test(digit)) return digit;
    let zero = digit.codePointAt(0) ?? 0;
    const value = () => (digit.codePointAt(0) ?? 0) - zero;
    while (value() < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return String(value());
  });
}

/** Whether some number of the text is within `tolerance` of `value`; floating point is forgiven. */
export function hasNumber(text: string, value: number, tolerance = 0): boolean {
  const slack = tolerance + 1e-9 * Math.max(1, Math.abs(value));
  return numbersIn(text).some((meanings) => meanings.some((meaning) => Math.abs(meaning - value) <= slack));
}
