import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paragraphsOf } from "../../../engine/workers/ocr/layout.ts";
import { Tesseract } from "../../../engine/workers/ocr/tesseract.ts";
import { strip } from "../../pictures.ts";

describe("a recogniser whose languages change", () => {
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "lorekeep-languages-")); });
  afterAll(() => rm(folder, { recursive: true }));

  it("reads again with data that are whole after it was given broken ones", async () => {
    await writeFile(join(folder, "xyz.traineddata"), "no data at all");
    const tesseract = new Tesseract();
    const read = async () => {
      await tesseract.speak(["eng"], folder);
      return paragraphsOf(await tesseract.read(await strip("Nineteen barrels of herring.").encode("png"))).flatMap(({ lines }) => lines.flat()).map(({ text }) => text).join(" ");
    };
    expect(await read()).toBe("Nineteen barrels of herring.");
    await expect(tesseract.speak(["xyz"], folder)).rejects.toThrow();
    expect(await read()).toBe("Nineteen barrels of herring.");
  });
});
