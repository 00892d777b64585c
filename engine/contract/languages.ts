import { oc } from "@orpc/contract";
import { z } from "zod";
import { errorMap } from "./errors.ts";

const base = oc.errors(errorMap);

/** As Tesseract names languages: "eng", "chi_sim". */
export const recognitionLanguageCode = z.string().regex(/^[a-zA-Z_]{3,12}$/);

/** A language in which text in scans and pictures can be recognised. */
export const recognitionLanguage = z.object({
  code: recognitionLanguageCode,
  /** In English. */
  name: z.string(),
  /** "built-in": in the box. "installed": downloaded, or put there by the person. "available": there are data to download. */
  state: z.enum(["built-in", "installed", "downloading", "available"]),
  /** Pictures are read with it (settings.ingest.ocrLanguages). */
  isUsed: z.boolean(),
  /** On this disk. */
  sizeBytes: z.number().optional(),
  /** What a download takes, where that is known before. The package also holds a variant that is not kept. */
  downloadBytes: z.number().optional(),
  /** While downloading. */
  receivedBytes: z.number().optional(),
});
export type RecognitionLanguage = z.infer<typeof recognitionLanguage>;

export const languagesContract = {
  /** What is on this machine first, then what can be had, by name. */
  list: base.output(z.array(recognitionLanguage)),
  /** Fetches a language's data, where they are not there, and reads pictures with it from now on. Resolves when both are done; stopping the call stops it, and a later one goes on from there. */
  download: base.input(z.object({ code: recognitionLanguageCode })).output(recognitionLanguage),
  /** Takes downloaded data away and the language out of the settings; one in the box is only taken out of the settings. */
  remove: base.input(z.object({ code: recognitionLanguageCode })).output(z.void()),
};
