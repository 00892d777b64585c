import { oc } from "@orpc/contract";
import { z } from "zod";
import { answerMode, samplingChoice } from "./answers.ts";
import { errorMap } from "./errors.ts";
import { id } from "./library.ts";
import { searchSettings } from "./search.ts";
import { storeProblem } from "../base/store-location.ts";

const base = oc.errors(errorMap);

/** Everything a person can set, with its meaning and default. One JSON file in the workspace. */
export const settings = z.object({
  appearance: z.object({
    theme: z.enum(["system", "light", "dark"]).default("system"),
    /** Base font size in CSS pixels. */
    textSize: z.number().int().min(12).max(22).default(15),
  }).prefault({}),
  answers: z.object({
    defaultMode: answerMode.default("quotes"),
    /** Put before the rules of the mode. */
    systemPrompt: z.string().max(20000).default(""),
    sampling: samplingChoice.default({}),
    /** Passages taken into the candidates and into the prompt at most. */
    candidates: z.number().int().min(5).max(500).default(60),
    sources: z.number().int().min(1).max(50).default(6),
    /** Milliseconds the model may take to summarise sources that are too long for their room. 0: they are cut to their lines about the question. */
    summariseBudgetMs: z.number().int().min(0).max(120_000).default(0),
    /** The best sources first, or the best first and the second best last, where some models read better. */
    sourceOrder: z.enum(["best-first", "first-and-last"]).default("best-first"),
    /** Where nothing a model writes stands in the sources, it is asked again: with the best source alone, with the two best, with the best one's lines about the question. */
    lookAgain: z.boolean().default(true),
    /** Share of the context that sources may fill. */
    sourceShare: z.number().min(0.1).max(0.9).default(0.6),
  }).prefault({}),
  search: searchSettings.prefault({}),
  library: z.object({
    /**
     * Where passages and vectors are kept: empty for the workspace's own folder, another folder, object storage (s3://bucket/folder, gs://, az://) or a
     * LanceDB server (db://name). Anything but a folder takes the text of the documents off this machine. Keys come from the environment only. Read at start.
     */
    store: z.string().max(2000).default("").superRefine((uri, context) => {
      const message = storeProblem(uri);
      if (message) context.addIssue({ code: "custom", message });
    }),
  }).prefault({}),
  models: z.object({
    defaultModelId: id.optional(),
    gpu: z.enum(["auto", "off"]).default("auto"),
    /** Absent: measured once per model. */
    threads: z.number().int().positive().optional(),
    contextSize: z.number().int().positive().optional(),
    fallbackTemplate: z.enum(["chatml", "llama2", "alpaca", "plain"]).default("chatml"),
    /** Minutes without a question after which the model is released. 0: never. */
    idleMinutes: z.number().int().min(0).max(1440).default(15),
    /** Base address of the hub, in Hugging Face layout. HF_ENDPOINT in the environment wins. */
    hubEndpoint: z.string().default("https://huggingface.co"),
    hubToken: z.string().default(""),
  }).prefault({}),
  ingest: z.object({
    /** Largest file that is read, MiB. */
    maxFileMb: z.number().int().min(1).max(10000).default(500),
    /** Readers side by side. */
    readers: z.number().int().min(1).max(8).default(1),
    /** Target length of a passage in the embedder's tokens. */
    passageTokens: z.number().int().min(32).max(250).default(128),
    /** Recognition of text in scans and pictures: "auto" asks only before large amounts, "ask" always, "off" leaves pictures unread. */
    ocr: z.enum(["auto", "ask", "off"]).default("auto"),
    /** Languages the pictures are written in, as Tesseract names them. Each makes recognition slower. */
    ocrLanguages: z.array(z.string().regex(/^[a-zA-Z_]{3,12}$/)).min(1).max(6).default(["eng", "deu"]),
    /** Where data for further languages are fetched on a click: a registry in npm's layout. */
    languageRegistry: z.url({ protocol: /^https?$/ }).default("https://registry.npmjs.org"),
    /** Pictures of one document that are recognised at most. */
    ocrMaxPages: z.number().int().min(1).max(100_000).default(2000),
    /** Pictures waiting in all beyond which "auto" asks first. */
    ocrAskAbove: z.number().int().min(0).default(200),
    /** File names and folders that are left out, as globs. */
    ignore: z.array(z.string()).default(["node_modules", ".git", "__pycache__", ".venv", "~$*", ".DS_Store", "Thumbs.db"]),
  }).prefault({}),
});
export type Settings = z.infer<typeof settings>;
/**
 * The fields of a section, all optional and without their defaults: `.partial()` alone would fill absent fields in, and so reset them.
 * `null` sets a field back to its default; `undefined` would be lost on the way over a transport.
 */
function patchOf<T extends z.ZodRawShape>(section: z.ZodObject<T>) {
  const bare = Object.entries(section.shape).map(([name, field]) => [name, z.nullable(field instanceof z.ZodDefault ? field.unwrap() : field)]);
  return z.object(Object.fromEntries(bare) as { [K in keyof T]: z.ZodNullable<T[K] extends z.ZodDefault<infer Inner> ? Inner : T[K]> }).partial();
}

/** A patch: sections and fields that are given replace those that are there; a field that is null goes back to its default. */
export const settingsPatch = z.object({
  appearance: patchOf(settings.shape.appearance.unwrap()),
  answers: patchOf(settings.shape.answers.unwrap()),
  search: patchOf(searchSettings),
  library: patchOf(settings.shape.library.unwrap()),
  models: patchOf(settings.shape.models.unwrap()),
  ingest: patchOf(settings.shape.ingest.unwrap()),
}).partial();

export const settingsContract = {
  get: base.output(settings),
  update: base.input(settingsPatch).output(settings),
};
