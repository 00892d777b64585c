import { z } from "zod";
import { errorCodes, type ErrorCode } from "../base/errors.ts";

/** What every error carries across the contract, next to its code. */
export const errorDetails = z.object({
  reason: z.string(),
  next: z.string().optional(),
  field: z.string().optional(),
  detail: z.string().optional(),
});

/** The error map of every procedure: one closed set of codes (see engine/base/errors.ts), one shape of data. */
export const errorMap = Object.fromEntries(errorCodes.map((code) => [code, { data: errorDetails }])) as Record<
  ErrorCode,
  { data: typeof errorDetails }
>;
