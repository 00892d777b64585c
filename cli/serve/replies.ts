import type { IncomingMessage, ServerResponse } from "node:http";
import { faceHeaders } from "../../engine/base/face-files.ts";

/** Milliseconds that the rest of a refused body is still read, so that its sender sees the answer instead of a reset. */
const DRAIN_MS = 2000;

/** A plain answer in JSON. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff" });
  response.end(JSON.stringify(body));
}

/** Turns a request away without reading its body to the end, whatever its length. */
export function refuse(request: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
  response.setHeader("connection", "close");
  if (request.headers["sec-fetch-dest"] === "document" || request.headers.accept?.includes("text/html")) sendPage(response, status, reason);
  else sendJson(response, status, { reason });
  stopReading(request);
}

export function stopReading(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  request.once("close", () => clearTimeout(timer));
}

/** A page that stands for itself: no script, no further request. */
function sendPage(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, {
    ...faceHeaders("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Lorekeep</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem}h1{font-size:1.25rem}</style>
<h1>Lorekeep</h1><p>${escapeHtml(reason)}</p></html>`);
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
