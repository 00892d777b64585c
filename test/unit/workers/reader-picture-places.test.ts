import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { Extraction } from "../../../engine/contract/document.ts";
import { docx, odt, wp } from "../../fixtures/documents/build.ts";
import { extracted } from "../../fixtures/documents/read.ts";
import { docxWith, odtFrame, odtWith, wDrawing, withMembers } from "../../pictures.ts";

/** What stands before each picture, in the order in which they are recognised. */
const places = ({ blocks, pictures = [] }: Extraction): [string, string | undefined][] =>
  pictures.map(({ part = "", after }) => [part.replace(/^.*\//, "").replace(".png", ""), after === undefined ? "no place" : blocks[after - 1]?.text]);

const picture = (name: string) => strToU8(`bytes of ${name}`);
const all = (...names: string[]) => Object.fromEntries(names.map((name) => [name, picture(name)]));
const cell = (content: string) => `<w:tc><w:p>${content}</w:p></w:tc>`;
const wText = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`;

describe("places of pictures in Word", () => {
  it("is behind the paragraph, heading, list item, table row or note in which they stand", async () => {
    const body = [
      `<w:p>${wDrawing("first")}</w:p>`, wp("Boats", "Heading1", wDrawing("title")), wp("One paragraph.", "", wDrawing("a") + wDrawing("b")), wp("Another paragraph."),
      `<w:p><w:hyperlink w:anchor="x">${wDrawing("linked")}</w:hyperlink></w:p>`,
      `<w:tbl><w:tr>${cell(wText("name"))}${cell(wText("seal") + wDrawing("column"))}</w:tr><w:tr>${cell(wText("Ralzin"))}${cell(wText("red") + wDrawing("red"))}</w:tr><w:tr>${cell(wText("Galkos"))}${cell(wText("blue"))}</w:tr></w:tbl>`,
      wp("The end."),
    ].join("");
    const drawn = all("first", "title", "a", "b", "linked", "column", "red");
    expect(places(await extracted("boats.docx", docxWith(docx(body), { drawn })))).toEqual([
      ["first", undefined], ["title", "Boats"], ["a", "One paragraph."], ["b", "One paragraph."], ["linked", "Another paragraph."], ["column", "Another paragraph."], ["red", "name: Ralzin, seal: red"],
    ]);
  });

  it("is the first of several, also for a copy under another name; a table that only lays out the page is read through", async () => {
    const body = wp("One.", "", wDrawing("seal")) + wp("Two.", "", wDrawing("seal")) + wp("Three.", "", wDrawing("copy")) + `<w:tbl><w:tr>${cell(wText("Left") + wDrawing("left"))}${cell(wText("Right"))}</w:tr></w:tbl>`;
    const drawn = { seal: picture("seal"), copy: picture("seal"), left: picture("left") };
    // Of copies, the first name in the file's order is the one that is recognised.
    expect(places(await extracted("seals.docx", docxWith(docx(body), { drawn })))).toEqual([["copy", "One."], ["left", "Left"]]);
  });

  it("is none in the running header, and the end where the text names none; a picture in header and text keeps its place", async () => {
    const both = wp("One.", "", wDrawing("logo")) + wp("Two.");
    const stray = { "word/media/stray.png": picture("stray") };
    expect(places(await extracted("a.docx", withMembers(docxWith(docx(both), { drawn: all("logo"), header: picture("head") }), stray)))).toEqual([["logo", "One."], ["stray", "Two."]]);
    expect(places(await extracted("b.docx", docxWith(docx(both), { drawn: all("logo"), header: picture("logo") })))).toEqual([["head", "One."]]);
  });

  it("is none in text that was deleted or moved away, unless it stands elsewhere too", async () => {
    const del = (inside: string) => `<w:del w:id="1">${inside}</w:del>`;
    const body = [
      wp("One.", "", del(wDrawing("gone"))), wp("Two.", "", del(wDrawing("kept"))), `<w:p><w:moveFrom w:id="2">${wDrawing("moved")}</w:moveFrom></w:p>`, wp("Three.", "", wDrawing("kept")),
      `<w:p>${wText("Four.")}<w:moveTo w:id="3">${wDrawing("moved")}</w:moveTo></w:p>`,
      wp("Five.", "", del('<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata r:id="old"/></v:shape></w:pict></w:r>')),
    ].join("");
    expect(places(await extracted("d.docx", docxWith(docx(body), { drawn: all("gone", "kept", "moved", "old") })))).toEqual([["kept", "Three."], ["moved", "Four."]]);
  });

  it("is also found where programs other than Word put the text and the pictures", async () => {
    const { "word/document.xml": text = new Uint8Array(), ...rest } = unzipSync(docx(wp("One.", "", wDrawing("r9")) + wp("Two.")));
    const relations = (target: string, type: string) => strToU8(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`.concat(type === "image" ? '<Relationship Id="h1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="/word/header1.xml"/>' : "", "</Relationships>"));
    const online = zipSync({
      ...rest, "_rels/.rels": relations("/word/document22.xml", "officeDocument"), "word/document22.xml": text, "word/_rels/document22.xml.rels": relations("/media/image.png", "image"), "media/image.png": picture("seal"),
      "word/header1.xml": strToU8("<w:hdr/>"), "word/_rels/header1.xml.rels": relations("/media/head.png", "image"), "media/head.png": picture("head"), "docProps/thumbnail.png": picture("preview"),
    });
    expect(places(await extracted("online.docx", online))).toEqual([["image", "One."]]);
  });

  it("is the running header where there is nothing else to read", async () => {
    const result = await extracted("head.docx", docxWith(docx("<w:p/>"), { drawn: {}, header: picture("head") }));
    expect([result.blocks, places(result)]).toEqual([[], [["head", undefined]]]);
  });

  it("is none for a drawing that links to a picture outside the file, which is no fault either", async () => {
    const body = wp("One.", "", wDrawing("outside").replace("r:embed", "r:link")) + wp("Two.", "", wDrawing("b"));
    const result = await extracted("c.docx", docxWith(docx(body), { drawn: all("outside", "b") }));
    expect(places(result)).toEqual([["b", "Two."], ["outside", "Two."]]);
    expect(result.warnings).toEqual([]);
  });

  it("is none for a drawing whose picture is lost, which costs nothing else of the document", async () => {
    const lost = `<w:p><w:hyperlink r:id="nowhere" w:anchor="x">${wText("A link.")}</w:hyperlink><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata r:id="older"/></v:shape></w:pict></w:r></w:p>`;
    const result = await extracted("e.docx", docxWith(docx(wp("One.", "", wDrawing("missing")) + lost + wp("Two.", "", wDrawing("b"))), { drawn: all("b") }));
    expect([result.blocks.map(({ text }) => text), places(result)]).toEqual([["One.", "A link.", "Two."], [["b", "Two."]]]);
  });
});

describe("places of pictures in OpenDocument text", () => {
  const odtCell = (content: string) => `<table:table-cell><text:p>${content}</text:p></table:table-cell>`;

  it("is behind the paragraph, heading, list item or table row in which they stand", async () => {
    const body = [
      odtFrame("page"), `<text:h text:outline-level="1">Boats${odtFrame("title")}</text:h>`, `<text:p>One ${odtFrame("a")}paragraph.${odtFrame("b")}</text:p>`,
      `<text:list><text:list-item><text:p>An item.<text:a>${odtFrame("linked")}</text:a></text:p></text:list-item></text:list>`,
      `<text:p>Framed.<draw:frame><draw:text-box><text:p>${odtFrame("figure")}Figure 1</text:p></draw:text-box></draw:frame></text:p>`, `<text:p>${odtFrame("alone")}</text:p>`,
      `<table:table><table:table-header-rows><table:table-row>${odtCell("name")}${odtCell(`seal${odtFrame("column")}`)}</table:table-row></table:table-header-rows><table:table-row>${odtCell("Ralzin")}${odtCell(`red${odtFrame("red")}`)}</table:table-row><table:table-row>${odtCell("Galkos")}${odtCell("blue")}</table:table-row></table:table>`,
      `<draw:g>${odtFrame("grouped")}</draw:g>`, "<text:p>The end.</text:p>",
    ].join("");
    const drawn = all("page", "title", "a", "b", "linked", "figure", "alone", "column", "red", "grouped");
    expect(places(await extracted("boats.odt", odtWith(odt(body), { drawn })))).toEqual([
      ["page", undefined], ["title", "Boats"], ["a", "One paragraph."], ["b", "One paragraph."], ["linked", "An item."], ["figure", "Figure 1"], ["alone", "Figure 1"],
      ["column", "Figure 1"], ["red", "name: Ralzin, seal: red"], ["grouped", "name: Galkos, seal: blue"],
    ]);
  });

  it("is the first of several, none in the running header or in deleted text, and the end where the text names none", async () => {
    const body = `<text:tracked-changes><text:changed-region><text:deletion><text:p>${odtFrame("gone")}</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>One.${odtFrame("seal")}</text:p><text:p>Two.${odtFrame("seal")}</text:p>`;
    expect(places(await extracted("seals.odt", odtWith(odt(body), { drawn: all("gone", "seal", "stray"), header: picture("head") })))).toEqual([["seal", "One."], ["stray", "Two."]]);
    expect(places(await extracted("logo.odt", odtWith(odt(`<text:p>One.${odtFrame("head")}</text:p><text:p>Two.</text:p>`), { drawn: {}, header: picture("head") })))).toEqual([["head", "One."]]);
  });

  it("is the running header where there is nothing else to read", async () => {
    const result = await extracted("head.odt", odtWith(odt("<text:p/>"), { drawn: {}, header: picture("head") }));
    expect([result.blocks, places(result)]).toEqual([[], [["head", undefined]]]);
  });

  it("keeps notes and frames of table cells, behind their row", async () => {
    const note = '<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Or boat.</text:p></text:note-body></text:note>';
    const body = `<table:table><table:table-row>${odtCell("Ralzin")}${odtCell(`red${note}`)}</table:table-row><table:table-row>${odtCell("Galkos")}${odtCell("7<draw:frame><draw:text-box><text:p>Boxed.</text:p></draw:text-box></draw:frame>")}</table:table-row></table:table>`;
    const { blocks } = await extracted("notes.odt", odt(body));
    expect(blocks.map(({ kind, text }) => `${kind}: ${text}`)).toEqual(["footnote: [1] Or boat.", "table-row: Ralzin: Galkos, red[1]: 7", "paragraph: Boxed."]);
  });
});
