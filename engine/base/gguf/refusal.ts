import { LorekeepError } from "../errors.ts";

/** A GGUF that must not reach the runtime. `reason` completes "<file>: …" as its own sentence. */
export function refused(reason: string, next?: string): LorekeepError {
  return new LorekeepError("MODEL_REFUSED", { reason, ...(next ? { next } : {}) });
}

/** Bytes for a person: decimal units, as file managers and model hubs show them. */
export function bytesInWords(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
