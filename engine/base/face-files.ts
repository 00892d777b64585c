import { statSync } from "node:fs";
import { extname, join, normalize, sep } from "node:path";

/** A file of the built face, as both window hosts (app:// and `lorekeep serve`) answer with it. Runs on the shell's oldest Node (16). */
export interface FaceFile {
  readonly path: string;
  readonly contentType: string;
  /** The build names assets by their content, so these never change under their name. */
  readonly immutable: boolean;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
};

/** The file for a URL's path, or undefined for whatever is not a known kind of file inside `folder`: hidden files, source maps, the outside. */
export function resolveFaceFile(folder: string, urlPath: string): FaceFile | undefined {
  const decoded = decode(urlPath);
  if (decoded === undefined || /[\0\\]/.test(decoded) || decoded.split("/").some((part) => part.startsWith("."))) return undefined;
  const inside = normalize(decoded === "/" ? "/index.html" : decoded);
  const path = join(folder, inside);
  const contentType = contentTypes[extname(path)];
  if (contentType === undefined || !path.startsWith(normalize(folder + sep)) || !isFile(path)) return undefined;
  return { path, contentType, immutable: inside.startsWith(`${sep}assets${sep}`) };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // Nothing there, or a file where a folder is asked for.
  }
}

function decode(urlPath: string): string | undefined {
  try {
    return decodeURIComponent(urlPath);
  } catch {
    return undefined; // Malformed escapes name no file.
  }
}

/**
 * What a page of the face may do: run its own scripts, talk to where it came from, and nothing else; above all, load nothing remote.
 * Inline styles are let through because the dialog and scroll-area primitives insert <style> elements.
 * @param connect further places it may talk to
 */
export function facePolicy(connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(" ")}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Headers of every answer to the face. */
export function faceHeaders(policy: string): Record<string, string> {
  return {
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=()",
  };
}

export const cacheControl = (file: FaceFile): string => (file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
