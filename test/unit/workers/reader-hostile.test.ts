import { write, utils } from "@e965/xlsx";
import { Zip, ZipDeflate, strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { docx, pdf, wp } from "../../fixtures/documents/build.ts";
import { extracted, read, refused } from "../../fixtures/documents/read.ts";

/** Each must be answered with a reason, or read as far as it goes, within this time. */
const SOON = 20_000;

describe("hostile and broken files", () => {
  it("cut off at any place: a PDF, a Word file, a spreadsheet", async () => {
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet([["a", "b"], ["1", "2"]]), "S");
    const whole: [string, Uint8Array][] = [
      ["t.pdf", pdf([{ text: [{ x: 10, y: 10, size: 10, text: "words that were here" }] }])],
      ["t.docx", docx(wp("words that were here"))],
      ["t.xlsx", write(book, { type: "buffer", bookType: "xlsx" }) as Buffer],
    ];
    for (const [name, bytes] of whole) {
      for (let part = 1; part < 12; part++) {
        const result = await read(name, bytes.subarray(0, Math.floor((bytes.length * part) / 12)));
        if ("code" in result) expect(["corrupt", "unsupported", "no-text", "no-text-layer"]).toContain(result.code);
      }
    }
  }, SOON);

  it("a zip bomb is refused while it unfolds", async () => {
    const chunk = new Uint8Array(1 << 20);
    const parts: Uint8Array[] = [];
    const zip = new Zip((error, data) => { if (error) throw error; parts.push(data); });
    for (const name of ["word/document.xml", "word/media/a.bin"]) {
      const file = new ZipDeflate(name, { level: 9 });
      zip.add(file);
      for (let i = 0; i < 150; i++) file.push(chunk, i === 149);
    }
    zip.end();
    const bomb = Buffer.concat(parts);
    expect(bomb.length).toBeLessThan(2 ** 20);
    const before = process.memoryUsage().arrayBuffers;
    for (const name of ["a.docx", "a.xlsx"]) expect(await refused(name, bomb, { limits: { maxInflatedBytes: 20 * 2 ** 20 } })).toMatchObject({ code: "too-large" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20);
  }, SOON);

  it("nested a hundred thousand levels deep: JSON, XML, HTML, Markdown, RTF", async () => {
    const n = 100_000;
    for (const [name, content] of [
      ["d.json", `${'{"a":'.repeat(n)}"deep"${"}".repeat(n)}`],
      ["l.json", `${"[".repeat(n)}"deep"${"]".repeat(n)}`],
      ["d.xml", `<?xml version="1.0"?>${"<a>".repeat(n)}deep${"</a>".repeat(n)}`],
      ["d.html", `<html><body>${"<div>".repeat(n)}deep${"</div>".repeat(n)}</body></html>`],
      ["t.html", `<html><body>${"<table><tr><td>".repeat(20_000)}deep</body></html>`],
      ["d.rtf", `{\\rtf1 ${"{".repeat(n)}deep${"}".repeat(n)}\\par}`],
      ["d.md", `${"> ".repeat(5_000)}deep`],
    ] as const) {
      const { blocks } = await extracted(name, content);
      expect(blocks.map((block) => block.text).join(" "), name).toContain("deep");
    }
  }, SOON * 3);

  it("a billion laughs stay a few bytes", async () => {
    const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
    const { blocks } = await extracted("lol.xml", `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${entities}]><lolz>&l9;</lolz>`);
    expect(blocks.map((block) => block.text).join("").length).toBeLessThan(1000);
  });

  it("too many rows are cut with a warning", async () => {
    const { blocks, warnings } = await extracted("rows.csv", `a,b\n${"x,y\n".repeat(300_000)}`, { limits: { maxCharacters: 1_000_000 } });
    expect(warnings.map((warning) => warning.code)).toContain("truncated");
    expect(blocks.length).toBeLessThan(200_001);
  }, SOON);

  it("text made to trip up regular expressions is read in linear time", async () => {
    const n = 400_000;
    for (const [name, content] of [
      ["a.txt", `${" ".repeat(n)}x`], ["b.txt", `${"\n \n".repeat(n / 4)}x`], ["c.html", `<html><body>${"<!--".repeat(n / 8)}x</body></html>`], ["d.html", `${"<!-- ".repeat(n / 8)}<html>`],
      ["e.md", `---\n${"a: b\n".repeat(n / 8)}`], ["f.csv", `"${'""'.repeat(n / 4)}`], ["g.eml", `Subject: ${"=?utf-8?q?a?= ".repeat(n / 40)}\nFrom: a@b\nTo: c@d\n\nx`],
      ["h.rtf", `{\\rtf1 ${"\\'".repeat(n / 8)}}`], ["i.xml", `<?xml version="1.0"?>${"<a b='".repeat(n / 16)}`], ["j.md", `${"[".repeat(20_000)}x`], ["k.md", `${"*a _b ".repeat(10_000)}`],
      ["l.txt", "\u200D".repeat(n)], ["m.html", `<html><body><p>${"&".repeat(n)}</p></body></html>`], ["n.txt", `${"1".repeat(n)}.`], ["o.csv", `${"1,".repeat(n / 4)}\n${"$".repeat(n)}`],
    ] as const) {
      const began = performance.now();
      await read(name, content);
      expect(performance.now() - began, name).toBeLessThan(SOON / 2);
    }
  }, SOON * 4);

  it("a sheet with one cell in its farthest corner costs what it holds", async () => {
    const cell = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;
    const bytes = zipSync(Object.fromEntries(Object.entries({
      "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
      "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
      "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
      "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
      "xl/worksheets/sheet1.xml": `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1">${cell("A1", "name")}${cell("B1", "price")}</row><row r="2">${cell("A2", "Loom")}${cell("B2", "seven")}</row><row r="1048576">${cell("XFD1048576", "far away")}</row></sheetData></worksheet>`,
    }).map(([name, text]) => [name, strToU8(text)])));
    const { blocks } = await extracted("far.xlsx", bytes);
    expect(blocks.map((block) => block.text)).toEqual(["S", "name: Loom, price: seven", "far away"]);
  }, SOON);

  it("documents under another kind's name, and folders", async () => {
    expect(await refused("a.docx", Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(400, 7)]))).toMatchObject({ code: "unsupported" });
    expect(await refused("a.xls", Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(3000, 1)]))).toMatchObject({ code: "corrupt" });
    expect(await refused("a.db", Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4000, 9)]))).toMatchObject({ code: "corrupt" });
    expect((await refused("a.pdf", `%PDF-1.7\n${"garbage ".repeat(500)}`)).code).toBe("corrupt");
  });
});
