import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { documentText } from "../../../engine/contract/document.ts";
import { DocumentBuilder } from "../../../engine/workers/reader/blocks.ts";
import { decodeText } from "../../../engine/workers/reader/encoding.ts";
import { cleanTitle, isoDate } from "../../../engine/workers/reader/metadata.ts";
import { normaliseCode, normaliseLine, normaliseText } from "../../../engine/base/normalise.ts";
import { looksLikeHeader, rowText } from "../../../engine/workers/reader/tables.ts";

describe("normalised text", () => {
  it.each([
    ["ligatures", "ﬁnd the oﬃce ﬂoor", "find the office floor"],
    ["decomposed letters", "Cafe\u0301", "Café"],
    ["soft hyphens and zero-width spaces", "exam\u00ADple\u200B and\uFEFF more", "example and more"],
    ["no-break spaces", "10\u00A0000\u202Fkm", "10 000 km"],
    ["control characters", "a\u0000b\u0007c", "abc"],
    ["lone surrogates", "x\uD800y", "x\uFFFDy"],
    ["whole surrogate pairs", "ok 😀", "ok 😀"],
    ["text that hides its direction", "user\u202Etxt.exe", "usertxt.exe"],
    ["instructions in tag characters", "hello\u{E0041}\u{E0042}", "hello"],
    ["joiners between Latin letters", "pass\u200Dword", "password"],
    ["joined forms of Arabic letters", "\uFEDB\uFE98\uFE8E\uFE8F \uFEFC", "كتاب لا"],
    ["superscripts, which stay", "x² + ½", "x² + ½"],
  ])("%s", (_, raw, clean) => {
    expect(normaliseText(raw)).toBe(clean);
    expect(normaliseText(clean)).toBe(clean);
  });

  it("keeps joiners where they mean something", () => {
    expect(normaliseText("می\u200Cخواهم")).toBe("می\u200Cخواهم");
    expect(normaliseText("👩\u200D🚀")).toBe("👩\u200D🚀");
  });

  it("puts running text on one line and keeps code's lines", () => {
    expect(normaliseLine("  a\r\n\tb   c ")).toBe("a b c");
    expect(normaliseCode("\n\nif (x)  \r\n  y();\n\n")).toBe("if (x)\n  y();");
  });
});

describe("the builder of blocks", () => {
  it("counts offsets in the text joined by newlines and keeps heading paths", () => {
    const out = new DocumentBuilder(1000);
    out.heading(1, "One");
    out.heading(2, "Two");
    out.text("paragraph", "inside two");
    out.text("paragraph", "   ");
    out.heading(2, "Three");
    out.text("paragraph", "inside three");
    out.heading(1, "Four");
    const { blocks } = out.finish();
    expect(blocks.map((block) => block.headingPath.join(" > "))).toEqual(["", "One", "One > Two", "One", "One > Three", ""]);
    const text = documentText(blocks);
    for (const block of blocks) expect(text.slice(block.start, block.start + block.text.length)).toBe(block.text);
  });

  it("cuts at the limit, says so once, and tears no character", () => {
    const out = new DocumentBuilder(10);
    out.text("paragraph", "12345678 😀 and more");
    out.text("paragraph", "never");
    const { blocks, warnings } = out.finish();
    expect(blocks.map((block) => block.text)).toEqual(["12345678 "]);
    expect(warnings.map((warning) => warning.code)).toEqual(["truncated"]);
    expect(out.full).toBe(true);
  });

  it("gives pieces with a place their ranges", () => {
    const out = new DocumentBuilder(100);
    out.startPage(3);
    out.text("paragraph", "before");
    out.pieces("paragraph", [{ text: "two", rect: [1, 2, 3, 4] }, { text: " " }, { text: "words", rect: [5, 6, 7, 8] }]);
    const { blocks, runs } = out.finish();
    expect(runs).toEqual([{ start: 7, end: 10, page: 3, rect: [1, 2, 3, 4] }, { start: 11, end: 16, page: 3, rect: [5, 6, 7, 8] }]);
    expect(documentText(blocks).slice(11, 16)).toBe("words");
  });
});

describe("encodings", () => {
  const texts: Record<string, string> = {
    "windows-1252": "Größe der Häuser – naïve café “quoted” text für Übung", Shift_JIS: "名前,年齢,住所\r\n佐藤太郎,30,東京\r\n三木英子,25,大阪\r\n髙橋淳,35,名古屋\r\n",
    "EUC-JP": "これはテストです。日本語の文章", GB18030: "这是一个测试文件，内容是中文", Big5: "這是一個測試文件，內容是中文", "EUC-KR": "이것은 테스트입니다 한국어",
    "windows-1251": "Это русский текст для проверки кодировки", "KOI8-R": "Это русский текст для проверки",
  };
  it.each(Object.entries(texts))("guesses %s", (encoding, text) => {
    expect(decodeText(iconv.encode(text, encoding))).toMatchObject({ text, guessed: true });
  });

  it.each(["UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"])("knows %s by its mark", (encoding) => {
    expect(decodeText(iconv.encode("Grüße aus 東京", encoding, { addBOM: true }))).toEqual({ text: "Grüße aus 東京", encoding, guessed: false });
  });

  it("knows UTF-16 without a mark, and that zeros are no text", () => {
    expect(decodeText(iconv.encode("plain western text in two bytes", "UTF-16LE"))).toMatchObject({ encoding: "UTF-16LE" });
    expect(decodeText(Uint8Array.of(0, 1, 2, 3, 0, 250, 0, 9, 200, 0, 0, 0))).toBeUndefined();
  });

  it("believes what a file says of itself when it is not UTF-8", () => {
    expect(decodeText(iconv.encode("Привет", "windows-1251"), "windows-1251")).toEqual({ text: "Привет", encoding: "windows-1251", guessed: false });
  });
});

describe("titles and dates", () => {
  it.each(["Microsoft Word - x.doc", "Untitled", "untitled-1.indd", "report_final.docx", "Document1", "Sheet", "(anonymous)", "12345", "file:///C:/x.htm"])("drops %j", (title) => {
    expect(cleanTitle(title)).toBeUndefined();
  });
  it("keeps a real title behind a program's name", () => {
    expect(cleanTitle("Microsoft Word - Annual report")).toBe("Annual report");
    expect(cleanTitle(" The  Keep ")).toBe("The Keep");
  });
  it.each([
    ["D:20240315054500+02'00'", "2024-03-15T03:45:00.000Z"], ["D:2011", "2011-01-01T00:00:00.000Z"], ["20231231", "2023-12-31T00:00:00.000Z"],
    ["Sun, 22 Dec 2024 08:23:00 GMT", "2024-12-22T08:23:00.000Z"], ["yesterday", undefined], ["D:00000000", undefined],
  ])("reads the date %j", (raw, iso) => {
    expect(isoDate(raw)).toBe(iso);
  });
});

describe("table rows", () => {
  it("reads alone", () => {
    expect(rowText(["name", "price", ""], ["Loom Malson", "727 crowns", "x"])).toBe("name: Loom Malson, price: 727 crowns, x");
    expect(rowText(["a", "b"], ["", "2"])).toBe("b: 2");
  });
  it.each([[["name", "price"], true], [["name", "12"], false], [["name", ""], false], [["a", "a"], false], [["total", "$1,200.50"], false], [["when", "2024-01-02"], false]])("%j as header: %s", (row, is) => {
    expect(looksLikeHeader(row)).toBe(is);
  });
});
