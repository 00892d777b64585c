import { implement, onError } from "@orpc/server";
import { toWorkerError } from "../worker-errors.ts";
import { readerContract } from "./contract.ts";
import { extract } from "./extract.ts";
import { renderPage } from "./render.ts";

/** The reader's procedures. Stateless: each call opens its file, reads it and lets everything go. */
export function createReader() {
  const os = implement(readerContract).use(onError((error) => { throw toWorkerError(error); }));
  return os.router({
    extract: os.extract.handler(({ input, signal }) => extract(input, signal ?? new AbortController().signal)),
    renderPage: os.renderPage.handler(({ input, signal }) => renderPage(input, signal ?? new AbortController().signal)),
  });
}
