import { createCanvas, type Canvas } from "@napi-rs/canvas";
import { strToU8, unzipSync, zipSync } from "fflate";

/** One line of text on a strip of paper, large enough to be read. */
export function strip(text: string): Canvas {
  const canvas = createCanvas(900, 90);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, 900, 90);
  context.fillStyle = "#111";
  context.font = "32px serif";
  context.fillText(text, 20, 56);
  return canvas;
}

/** `degrees` clockwise, on a canvas that holds it all. */
export function turnedBy(picture: Canvas, degrees: 90 | 180 | 270): Canvas {
  const side = degrees !== 180;
  const canvas = createCanvas(side ? picture.height : picture.width, side ? picture.width : picture.height);
  const context = canvas.getContext("2d");
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((degrees * Math.PI) / 180);
  context.drawImage(picture, -picture.width / 2, -picture.height / 2);
  return canvas;
}

/** An uncompressed grey TIFF, a page for each picture, as old scanners and fax machines write them. */
export function tiff(pages: readonly Canvas[]): Buffer {
  const parts: Buffer[] = [Buffer.from("49492a0008000000", "hex")];
  let at = 8;
  pages.forEach((page, i) => {
    const { data } = page.getContext("2d").getImageData(0, 0, page.width, page.height);
    const grey = Buffer.alloc(page.width * page.height);
    for (let p = 0; p < grey.length; p++) grey[p] = data[p * 4] ?? 0;
    const tags: [number, number][] = [[256, page.width], [257, page.height], [258, 8], [259, 1], [262, 1], [273, at + 2 + 9 * 12 + 4], [277, 1], [278, page.height], [279, grey.length]];
    const directory = Buffer.alloc(2 + tags.length * 12 + 4);
    directory.writeUInt16LE(tags.length, 0);
    tags.forEach(([tag, value], n) => {
      directory.writeUInt16LE(tag, 2 + n * 12);
      directory.writeUInt16LE(4, 4 + n * 12);
      directory.writeUInt32LE(1, 6 + n * 12);
      directory.writeUInt32LE(value, 10 + n * 12);
    });
    at += directory.length + grey.length;
    if (i < pages.length - 1) directory.writeUInt32LE(at, directory.length - 4);
    parts.push(directory, grey);
  });
  return Buffer.concat(parts);
}

const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const relations = (...all: readonly (readonly [id: string, type: string, target: string])[]): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.map(([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`).join("")}</Relationships>`;

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/** A workbook with a text on each of two sheets, and the picture on the first. */
export function workbookWith(png: Uint8Array): Uint8Array {
  const sheet = (text: string, extra: string) => strToU8(`<worksheet xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>${text}</t></is></c></row></sheetData>${extra}</worksheet>`);
  return zipSync({
    "[Content_Types].xml": strToU8('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'),
    "_rels/.rels": strToU8(relations(["r1", "officeDocument", "xl/workbook.xml"])),
    "xl/workbook.xml": strToU8(`<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Harbour" sheetId="1" r:id="r1"/><sheet name="Mill" sheetId="2" r:id="r2"/></sheets></workbook>`),
    "xl/_rels/workbook.xml.rels": strToU8(relations(["r1", "worksheet", "worksheets/sheet1.xml"], ["r2", "worksheet", "worksheets/sheet2.xml"])),
    "xl/worksheets/sheet1.xml": sheet("Boats of the harbour", '<drawing r:id="d1"/>'),
    "xl/worksheets/sheet2.xml": sheet("Sacks of the mill", ""),
    "xl/worksheets/_rels/sheet1.xml.rels": strToU8(relations(["d1", "drawing", "../drawings/drawing1.xml"])),
    "xl/drawings/drawing1.xml": strToU8("<xdr:wsDr xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing\"/>"),
    "xl/drawings/_rels/drawing1.xml.rels": strToU8(relations(["i1", "image", "../media/image1.png"])),
    "xl/media/image1.png": png,
  });
}

/** An office file with further members in its container. */
export const withMembers = (container: Uint8Array, members: Readonly<Record<string, Uint8Array>>): Buffer => Buffer.from(zipSync({ ...unzipSync(container), ...members }));

/** A slide's relationship to one picture. */
export const slidePicture = (target: string): Uint8Array => strToU8(relations(["i1", "image", target]));

/** A drawing of the picture with this relationship, in a run of a Word paragraph. */
export const wDrawing = (id: string): string =>
  `<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:docPr id="1" name="p"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:embed="${id}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`;

/** A Word file with pictures: those of `drawn` by the relationship that the body names, `header` in the running header. */
export function docxWith(container: Uint8Array, { drawn, header }: { readonly drawn: Readonly<Record<string, Uint8Array>>; readonly header?: Uint8Array }): Buffer {
  const ids = Object.keys(drawn);
  return withMembers(container, {
    ...Object.fromEntries(ids.map((id) => [`word/media/${id}.png`, drawn[id] ?? new Uint8Array()])),
    "word/_rels/document.xml.rels": strToU8(relations(...ids.map((id) => [id, "image", `media/${id}.png`] as const), ...(header ? [["h1", "header", "header1.xml"] as const] : []))),
    ...(header ? { "word/media/head.png": header, "word/header1.xml": strToU8("<w:hdr/>"), "word/_rels/header1.xml.rels": strToU8(relations(["i1", "image", "media/head.png"])) } : {}),
  });
}

/** A frame with a picture of an OpenDocument text, inside a paragraph or beside one. */
export const odtFrame = (name: string): string => `<draw:frame><draw:image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="Pictures/${name}.png"/></draw:frame>`;

/** An OpenDocument text with pictures; `header` stands in the running header of its pages. */
export const odtWith = (container: Uint8Array, { drawn, header }: { readonly drawn: Readonly<Record<string, Uint8Array>>; readonly header?: Uint8Array }): Buffer =>
  withMembers(container, {
    ...Object.fromEntries(Object.entries(drawn).map(([name, png]) => [`Pictures/${name}.png`, png])),
    ...(header ? { "Pictures/head.png": header, "styles.xml": strToU8(`<office:document-styles><office:master-styles><style:master-page><style:header><text:p>${odtFrame("head")}</text:p></style:header></style:master-page></office:master-styles></office:document-styles>`) } : {}),
  });
