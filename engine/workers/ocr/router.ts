import { implement, ORPCError } from "@orpc/server";
import { LorekeepError } from "../../base/errors.ts";
import { ocrContract } from "./contract.ts";
import { paragraphsOf } from "./layout.ts";
import { Tesseract } from "./tesseract.ts";

/** One recogniser, loaded with the first picture; it blocks this process while it works, which is what the process is for. */
export function createOcrRouter() {
  const os = implement(ocrContract);
  const tesseract = new Tesseract();
  return os.router({
    recognise: os.recognise.handler(async ({ input }) => {
      try {
        await tesseract.speak(input.languages, input.folder);
        const page = await tesseract.read(Buffer.from(input.png, "base64"));
        return { paragraphs: paragraphsOf(page), skew: page.rotateRadians };
      } catch (error) {
        throw error instanceof LorekeepError ? new ORPCError(error.code, { message: error.message, data: error.details }) : error;
      }
    }),
  });
}
