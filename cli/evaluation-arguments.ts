import { limitMeasures, questionnaire, type Limit, type Questionnaire } from "../engine/contract/index.ts";
import { UsageError } from "./terminal.ts";

/** `[VARIANT:]MEASURE>=SHARE` or `[VARIANT:]p95Ms<=MILLISECONDS`. @throws UsageError */
export function parseLimit(text: string): Limit {
  const match = /^(?:(.+):)?([a-zA-Z0-9]+)\s*(>=|<=)\s*(\d+(?:\.\d+)?)$/.exec(text.trim());
  const measure = limitMeasures.find((one) => one.toLowerCase() === match?.[2]?.toLowerCase());
  if (!match || !measure) throw new UsageError(`--threshold ${text}: write “fact>=0.8”, “Hybrid:format>=0.95” or “p95Ms<=2000”, with one of ${limitMeasures.join(", ")}.`);
  const wanted = measure === "p95Ms" || measure === "p95FirstTokenMs" ? "<=" : ">=";
  if (match[3] !== wanted) throw new UsageError(`--threshold ${text}: ${measure} is good when it is ${wanted === ">=" ? "high" : "low"}, so write “${measure}${wanted}${match[4]}”.`);
  return { measure, value: Number(match[4]), ...(match[1] === undefined ? {} : { variant: match[1].trim() }) };
}

/** `changes=daily,citations=required,format=fixed,speed=seconds,examples=200`: all five. @throws UsageError */
export function parseWork(text: string): Questionnaire {
  const given = Object.fromEntries(text.split(",").map((part) => part.split("=").map((one) => one.trim()) as [string, string]));
  const read = questionnaire.safeParse({ ...given, examples: Number(given.examples) });
  if (read.success) return read.data;
  const { changes, citations, format, speed } = questionnaire.shape;
  throw new UsageError(`--work ${text}: name all five: changes=${changes.options.join("|")}, citations=${citations.options.join("|")}, format=${format.options.join("|")}, speed=${speed.options.join("|")}, examples=NUMBER.`);
}
