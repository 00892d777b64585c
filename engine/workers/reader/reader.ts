import { implement, ORPCError } from "@orpc/server";
import { isAbort, LorekeepError } from "../../base/errors.ts";
import { readerContract } from "./contract.ts";
import { extract } from "./extract.ts";
import { renderPage } from "./render.ts";

/** The reader's procedures. Stateless: each call opens its file, reads it and lets everything go. */
export function createReader() {
  const os = implement(readerContract);
  return os.router({
    extract: os.extract.handler(({ input, signal }) => extract(input, signal ?? new AbortController().signal)),
    renderPage: os.renderPage.handler(async ({ input, signal }) => {
      try {
        return await renderPage(input, signal ?? new AbortController().signal);
      } catch (error) {
        throw isAbort(error) ? error : overTheWire(error);
      }
    }),
  });
}

/** The supervisor reads an error's code and details from here; anything that is no LorekeepError is the reader's own failure. */
function overTheWire(error: unknown): Error {
  if (error instanceof LorekeepError) return new ORPCError(error.code, { message: error.message, data: error.details });
  const reason = "The page could not be drawn.";
  return new ORPCError("INTERNAL", { message: reason, data: { reason, detail: error instanceof Error ? error.message : String(error) } });
}
