import type { IncomingMessage, ServerResponse } from "node:http";
import { LorekeepError, type ErrorCode } from "../../engine/base/errors.ts";
import { tooLarge, type UploadSink } from "../../engine/ingest/sources/uploads.ts";
import { sendJson, stopReading } from "./replies.ts";

/** Where a body goes; the engine's uploads. */
export interface UploadTarget {
  begin(name: string, sizeLimit: number): UploadSink;
}

/** Bytes that one upload may have. Models are told by their name's end. */
export interface UploadLimits {
  readonly documentBytes: number;
  readonly modelBytes: number;
}

/** Milliseconds without a byte after which an upload counts as cut. */
const STALLED_MS = 60_000;

const statusOf: Partial<Record<ErrorCode, number>> = { TOO_LARGE: 413, NO_SPACE: 507, READ_ONLY: 500 };

/** `POST /upload?name=…` with the file as its body: streams it to disk and answers `{ uploadId, name, sizeBytes }`, or `{ code, reason, next? }`. */
export async function receiveUpload(request: IncomingMessage, response: ServerResponse, options: { target: UploadTarget; limits: UploadLimits; name: string }): Promise<void> {
  const limit = /\.gguf$/i.test(options.name) ? options.limits.modelBytes : options.limits.documentBytes;
  request.setTimeout(STALLED_MS, () => request.destroy(new Error("The upload stalled")));
  try {
    // The request must outlive a refusal, or its sender would see a reset instead of the answer: hence destroyOnReturn.
    if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(options.name, limit);
    const { uploadId, name, sizeBytes } = await options.target.begin(options.name, limit).receive(request.iterator({ destroyOnReturn: false }));
    sendJson(response, 200, { uploadId, name, sizeBytes });
  } catch (error) {
    if (request.destroyed && !request.complete && !(error instanceof LorekeepError)) return; // Cut off: nobody is left to be told.
    if (!(error instanceof LorekeepError)) throw error;
    response.setHeader("connection", "close");
    sendJson(response, statusOf[error.code] ?? 500, { code: error.code, ...error.details });
    stopReading(request);
  }
}
