import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { cacheControl, faceHeaders, facePolicy, resolveFaceFile } from "../../engine/base/face-files.ts";
import { refuse } from "./replies.ts";

/** Answers with a file of the built face. */
export async function sendFace(request: IncomingMessage, response: ServerResponse, options: { folder: string; pathname: string }): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return refuse(request, response, 405, "This address can only be read.");
  }
  const file = resolveFaceFile(options.folder, options.pathname);
  if (!file) return refuse(request, response, 404, "There is nothing at this address.");
  // Safari does not count a WebSocket to the same place as 'self'.
  response.writeHead(200, { ...faceHeaders(facePolicy([`ws://${request.headers.host}`])), "content-type": file.contentType, "cache-control": cacheControl(file) });
  if (request.method === "HEAD") return void response.end();
  await pipeline(createReadStream(file.path), response);
}
