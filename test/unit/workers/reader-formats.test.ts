import { utils, write, type BookType, type CellObject } from "@e965/xlsx";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import initSqlJs from "sql.js";
import { describe, expect, it } from "vitest";
import { docx, epub, odt, pptx, shape, slideTable, wp, wTable } from "../../fixtures/documents/build.ts";
import { extracted, pathOf, refused, shapeOf } from "../../fixtures/documents/read.ts";

describe("tables", () => {
  it("repeats the header in every row of a CSV, whatever its delimiter", async () => {
    for (const delimiter of [",", ";", "\t", "|"]) {
      const rows = [["name", "price", "note"], ["Loom Malson", "727 crowns", "tall, heavy"], ["Scale Calvon", "297 crowns", ""]];
      const text = rows.map((row) => row.map((cell) => (cell.includes(",") ? `"${cell}"` : cell)).join(delimiter)).join("\r\n");
      const { blocks, format } = await extracted("goods.csv", text);
      expect(format).toBe("csv");
      expect(blocks.map((block) => block.text)).toEqual(["name: Loom Malson, price: 727 crowns, note: tall, heavy", "name: Scale Calvon, price: 297 crowns"]);
      expect(blocks[1]?.table).toEqual({ header: ["name", "price", "note"], cells: ["Scale Calvon", "297 crowns", ""], row: 2 });
    }
  });

  it("takes the line by which Excel is told the delimiter for no row", async () => {
    for (const line of ["sep=;", '"sep=;"', "SEP=;"]) expect(shapeOf(await extracted("goods.csv", `${line}\r\nname;price\r\nLoom, tall;727\r\n`))).toEqual(["table-row: name: Loom, tall, price: 727"]);
  });

  it("takes no header where the first row is data, and survives broken quotes and ragged rows", async () => {
    expect(shapeOf(await extracted("n.csv", "1,2\n3,4\n"))).toEqual(["table-row: 1, 2", "table-row: 3, 4"]);
    expect(shapeOf(await extracted("b.csv", 'a,b\nsay "hi,2\n3\n4,5,6\n'))).toEqual(['table-row: a: say "hi, b: 2', "table-row: a: 3", "table-row: a: 4, b: 5, 6"]);
  });

  it.each(["xlsx", "xls", "ods"] as const)("reads sheets, dates and headers of %s", async (type) => {
    const book = utils.book_new();
    const goods = utils.aoa_to_sheet([["Price list 2024"], [], ["name", "price", "since"], ["Loom", 727.5, new Date(Date.UTC(2024, 2, 1))], [], ["town", "people"], ["Zordis", 14]], { UTC: true } as object);
    utils.book_append_sheet(book, goods, "Goods");
    utils.book_append_sheet(book, utils.aoa_to_sheet([[]]), "Empty");
    const bytes = write(book, { type: "buffer", bookType: (type === "xls" ? "biff8" : type) as BookType }) as Buffer;
    const result = await extracted(`list.${type}`, bytes);
    expect(result.format).toBe(type);
    expect(shapeOf(result)).toEqual(["heading1: Goods", "paragraph: Price list 2024", "table-row: name: Loom, price: 727.5, since: 2024-03-01", "table-row: town: Zordis, people: 14"]);
    expect(pathOf(result, "Zordis")).toEqual(["Goods"]);
  });

  it.each(["xlsx", "xls"] as const)("reads the notes on the cells of %s behind the sheet's rows", async (type) => {
    const book = utils.book_new();
    const goods = utils.aoa_to_sheet([["name", "price"], ["Loom", 727]]);
    (goods.B2 as CellObject).c = [{ a: "Ada Quill", t: "net of the harbour tax" }];
    utils.book_append_sheet(book, goods, "Goods");
    const bytes = write(book, { type: "buffer", bookType: (type === "xls" ? "biff8" : type) as BookType }) as Buffer;
    expect(shapeOf(await extracted(`noted.${type}`, bytes))).toEqual(["heading1: Goods", "table-row: name: Loom, price: 727", "footnote: [B2] net of the harbour tax"]);
  });

  it("reads the tables of a SQLite file, without its views and shadow tables", async () => {
    const { Database } = await initSqlJs();
    const database = new Database();
    database.run("CREATE TABLE towns (name TEXT, height INTEGER, seal BLOB); INSERT INTO towns VALUES ('Zordis', 996, x'00ff'), ('Galkos', NULL, NULL); CREATE VIEW high AS SELECT * FROM towns; CREATE TABLE \"odd \"\"name\" (a)");
    const result = await extracted("world.db", database.export());
    expect(shapeOf(result)).toEqual(["heading1: towns", "table-row: name: Zordis, height: 996", "table-row: name: Galkos", 'heading1: odd "name']);
  });
});

describe("office documents", () => {
  it("reads Word: headings, tables by rows, footnotes, properties", async () => {
    const note = '<w:footnote w:id="2"><w:p><w:r><w:t>See the green ledger.</w:t></w:r></w:p></w:footnote>';
    const body = wp("Office policies", "Title") + wp("Travel", "Heading1") + wp("Trains are preferred.", "", '<w:r><w:footnoteReference w:id="2"/></w:r>') + wTable([["name", "fee"], ["Permit Ralzin", "511 crowns"]]);
    const styles = await extracted("p.docx", docx(body.replaceAll('w:val="Title"', 'w:val="Title"'), { title: "Microsoft Word - policies.doc", footnotes: note }));
    expect(shapeOf(styles).slice(-3)).toEqual(["paragraph: Trains are preferred.[1]", "table-row: name: Permit Ralzin, fee: 511 crowns", "footnote: [1] See the green ledger."]);
    expect(styles).toMatchObject({ author: "Ada Quill", created: "2024-03-15T05:45:00.000Z" });
    expect(pathOf(styles, "Trains")?.at(-1)).toBe("Travel");
  });

  it("reads in Word what stands in simple fields, under ruby, in writing directions, equations and ovals", async () => {
    const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
    const body = [
      `<w:p>${run("Figure ")}<w:fldSimple w:instr=" SEQ Figure \\* ARABIC  &gt; " w:dirty='true'>${run("7")}</w:fldSimple>${run(": the loom")}</w:p>`,
      `<w:p><w:r><w:ruby><w:rubyPr><w:rubyAlign w:val="center"/></w:rubyPr><w:rt>${run("つうち")}</w:rt><w:rubyBase>${run("通知")}</w:rubyBase></w:ruby></w:r>${run("期間")}</w:p>`,
      `<w:p><w:bdo w:val="rtl">${run("סעיף")}</w:bdo><w:dir w:val="ltr">${run(" 7")}</w:dir></w:p>`,
      `<w:p>${run("So ")}<m:oMathPara><m:oMath><m:sSup><m:e><m:r><w:rPr><w:i/></w:rPr><m:t>E=mc</m:t></m:r></m:e><m:sup><m:r><m:t xml:space="preserve">2 </m:t></m:r></m:sup></m:sSup></m:oMath></m:oMathPara>${run("holds.")}</w:p>`,
      `<w:p><w:r><w:pict><v:oval xmlns:v="urn:schemas-microsoft-com:vml" style="width:9pt"><v:textbox><w:txbxContent><w:p>${run("Start here")}</w:p></w:txbxContent></v:textbox></v:oval></w:pict></w:r></w:p>`,
    ].join("");
    const { "word/document.xml": document = new Uint8Array(), ...rest } = unzipSync(docx(body, { title: "" }));
    const withMath = strFromU8(document).replace("<w:document ", '<w:document xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" ');
    expect(shapeOf(await extracted("fields.docx", zipSync({ ...rest, "word/document.xml": strToU8(withMath) })))).toEqual([
      "paragraph: Figure 7: the loom", "paragraph: 通知期間", "paragraph: סעיף 7", "paragraph: So E=mc2 holds.", "paragraph: Start here",
    ]);
  });

  const chart = '<c:chartSpace xmlns:c="c" xmlns:a="a"><c:title><a:t>Wool</a:t></c:title><c:ser><c:tx><c:pt idx="0"><c:v>sacks</c:v></c:pt></c:tx><c:cat><c:pt idx="0"><c:v>2023</c:v></c:pt></c:cat><c:val><c:pt idx="0"><c:v>12</c:v></c:pt></c:val></c:ser></c:chartSpace>';
  const point = (text: string, type = "") => `<dgm:pt ${type && `type="${type}"`}><dgm:t><a:p><a:r><a:t>${text}</a:t></a:r></a:p></dgm:t></dgm:pt>`;
  const diagram = `<dgm:dataModel xmlns:dgm="d" xmlns:a="a"><dgm:ptLst>${point("", "doc")}${point("Shear the sheep")}${point("Spin the yarn", "asst")}${point("an arrow", "parTrans")}</dgm:ptLst></dgm:dataModel>`;
  const relation = (id: string, type: string, target: string) => `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`;
  const relations = (...all: string[]) => strToU8(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join("")}</Relationships>`);

  it("reads the charts and diagrams of Word at the end, under no heading", async () => {
    const result = await extracted("figures.docx", zipSync({
      ...unzipSync(docx(wp("Last heading", "Heading1") + wp("The text."), { title: "" })), "word/_rels/document.xml.rels": relations(relation("r1", "chart", "charts/chart1.xml"), relation("r2", "diagramData", "diagrams/data1.xml")),
      "word/charts/chart1.xml": strToU8(chart), "word/diagrams/data1.xml": strToU8(diagram),
    }));
    expect(shapeOf(result).slice(-4)).toEqual(["caption: Wool", "table-row: 2023, sacks: 12", "list-item: Shear the sheep", "list-item: Spin the yarn"]);
    expect(pathOf(result, "Spin")).toEqual([]);
  });

  it("reads the charts and diagrams of a slide where they stand", async () => {
    const frame = (inside: string) => `<p:graphicFrame><a:graphic><a:graphicData>${inside}</a:graphicData></a:graphic></p:graphicFrame>`;
    const deck = pptx([{ shapes: shape("Wool", "title") + frame('<dgm:relIds xmlns:dgm="d" r:dm="r2" r:lo="r3"/>') + shape("Between") + frame('<c:chart xmlns:c="c" r:id="r1"/>') }]);
    const result = await extracted("figures.pptx", zipSync({
      ...unzipSync(deck), "ppt/slides/_rels/slide1.xml.rels": relations(relation("r1", "chart", "../charts/chart1.xml"), relation("r2", "diagramData", "../diagrams/data1.xml")),
      "ppt/charts/chart1.xml": strToU8(chart), "ppt/diagrams/data1.xml": strToU8(diagram),
    }));
    expect(shapeOf(result)).toEqual(["heading1: Wool", "list-item: Shear the sheep", "list-item: Spin the yarn", "paragraph: Between", "caption: Wool", "table-row: 2023, sacks: 12"]);
  });

  it("keeps right-to-left, Chinese, Japanese and Korean text letter for letter, in Word, in pages and in plain text", async () => {
    const lines = ["المادة 12: مدة الإخطار ثلاثة أشهر.", "סעיף 7 – תקופת ההודעה היא 90 יום.", "通知期間は三か月です。", "通知期为九十天。", "통지 기간은 90일입니다."];
    const expected = lines.map((line) => `paragraph: ${line}`);
    expect(shapeOf(await extracted("many.docx", docx(lines.map((line) => wp(line)).join(""), { title: "" })))).toEqual(expected);
    expect(shapeOf(await extracted("many.html", `<html><body><main>${lines.map((line, i) => `<p${i < 2 ? " dir=rtl" : ""}>${line}</p>`).join("")}</main></body></html>`))).toEqual(expected);
    expect(shapeOf(await extracted("many.txt", lines.join("\n\n")))).toEqual(expected);
  });

  it("reads PowerPoint in the order of the show: titles, tables, notes", async () => {
    const deck = pptx([
      { shapes: shape("Body first in the file") + shape("Opening", "title") + shape("3", "sldNum"), notes: "Smile." },
      { shapes: shape("Figures", "title") + slideTable([["year", "sum"], ["2023", "12"]]) },
    ]);
    const result = await extracted("deck.pptx", deck);
    expect(shapeOf(result)).toEqual(["heading1: Opening", "paragraph: Body first in the file", "footnote: Smile.", "heading1: Figures", "table-row: year: 2023, sum: 12"]);
    expect(result.blocks.map((block) => block.page)).toEqual([1, 1, 1, 2, 2]);
  });

  it("reads OpenDocument text: headings, lists, tables, notes", async () => {
    const body =
      '<text:h text:outline-level="2">Travel</text:h><text:p>By<text:s/>train<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Or boat.</text:p></text:note-body></text:note>.</text:p>' +
      "<text:list><text:list-item><text:p>pack</text:p></text:list-item></text:list>" +
      "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>name</text:p></table:table-cell><table:table-cell><text:p>fee</text:p></table:table-cell></table:table-row></table:table-header-rows>" +
      "<table:table-row><table:table-cell><text:p>Ralzin</text:p></table:table-cell><table:table-cell><text:p>511</text:p></table:table-cell></table:table-row></table:table>";
    expect(shapeOf(await extracted("t.odt", odt(body)))).toEqual(["heading2: Travel", "paragraph: By train[1].", "footnote: [1] Or boat.", "list-item: pack", "table-row: name: Ralzin, fee: 511"]);
    expect(await refused("t.odt", odt(body, { encrypted: true }))).toMatchObject({ code: "encrypted" });
  });

  it("keeps lists and tables in a cell of an OpenDocument table apart, word by word", async () => {
    const item = (text: string) => `<text:list-item><text:p>${text}</text:p></text:list-item>`;
    const cell = (inside: string) => `<table:table-cell>${inside}</table:table-cell>`;
    const body = `<table:table><table:table-row>${cell("<text:p>task</text:p>")}${cell("<text:p>needs</text:p>")}</table:table-row><table:table-row>${cell("<text:p>Voyage</text:p>")}${cell(`<text:list>${item("rope")}${item("lamp")}</text:list>`)}</table:table-row></table:table>`;
    expect(shapeOf(await extracted("cell.odt", odt(body)))).toEqual(["table-row: task: Voyage, needs: rope lamp"]);
  });

  it("reads EPUB by its spine, with titles from the contents", async () => {
    const book = epub([{ file: "b%20two.html", html: "<p>Second file, first chapter.</p>", title: "Beginning" }, { file: "a.html", html: "<h2>End</h2><p>Last.</p>" }].map((c) => ({ ...c, file: decodeURIComponent(c.file) })));
    const result = await extracted("book.epub", book);
    expect(shapeOf(result)).toEqual(["heading1: Beginning", "paragraph: Second file, first chapter.", "heading2: End", "paragraph: Last."]);
    expect(result).toMatchObject({ title: "The Keep", author: "Ada Quill" });
  });

  it("reads RTF: code pages, unicode, styles, tables, footnotes, hidden text left out", async () => {
    const rtf = String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Cyr;}}{\stylesheet{\s1 heading 1;}}{\info{\title The Keep}{\author Ada Quill}{\creatim\yr2024\mo3\dy15}}` +
      String.raw`{\*\generator secret}\pard\s1 Gr\'fc\'dfe\par\pard Caf\u233?{\f1 \'cf\'f0\'e8} \ldblquote quoted\rdblquote{\v hidden}{\footnote A note.}\par` +
      String.raw`\trowd\intbl name\cell fee\cell\row\trowd\intbl Ralzin\cell 511\cell\row\pard{\pict\bin8 {{{{}}}}}after\par}`;
    const result = await extracted("t.rtf", rtf);
    expect(shapeOf(result)).toEqual(["heading1: Grüße", "paragraph: CaféПри “quoted”[1]", "footnote: [1] A note.", "table-row: name: Ralzin, fee: 511", "paragraph: after"]);
    expect(result).toMatchObject({ title: "The Keep", author: "Ada Quill", created: "2024-03-15T00:00:00.000Z" });
  });
});

describe("the type is found from the content", () => {
  it.each([
    ["page.txt", "<!DOCTYPE html><html><body><h1>Hi</h1><p>there</p></body></html>", "html"],
    ["data.bin", '{"a": 1}', "json"],
    ["lines.log", '{"a":1}\n{"a":2}\n', "jsonl"],
    ["note", "# Title\n\n- one\n- two\n", "markdown"],
    ["mail.txt", "From: a@example.org\nTo: b@example.org\nSubject: Hi\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nHello.\n", "eml"],
    ["feed", "<?xml version='1.0'?><rss><channel><title>T</title><item><title>One</title></item></channel></rss>", "xml"],
    ["deploy", "#!/bin/sh\necho hi\n", "code"],
    ["odd.pdf", "Just words, named wrongly.", "text"],
    ["BMW.txt", "BM is how a bitmap begins, and this text.", "text"],
    ["notes.csv", "{\\rtf1 hello\\par}", "rtf"],
    ["broken.json", '{"a": 1, "b": [', "json"],
    ["book.json", '{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ["# T"]}]}', "ipynb"],
  ])("%s", async (name, content, format) => {
    expect((await extracted(name, content)).format).toBe(format);
  });

  it.each([
    ["picture.txt", Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex"), "corrupt", /picture is damaged/],
    ["a.docx", zipSync({ "readme.txt": strToU8("hello") }), "unsupported", /ZIP archive/],
    ["a.bin", Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 73) % 256)), "unsupported", /binary file/],
    ["empty.pdf", "", "empty", /empty/],
    ["blank.md", " \n\t\n", "no-text", /white space/],
  ])("%s is refused with words", async (name, content, code, message) => {
    const reason = await refused(name, content);
    expect(reason.code).toBe(code);
    expect(reason.message).toMatch(message);
  });
});
