import type { IncomingMessage } from "node:http";

/** Why a request is turned away before anything looks at it. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly reason: string;
}

/**
 * The two checks that keep other web pages out. `Host`: a page that points its own domain name at 127.0.0.1 (DNS rebinding) still sends
 * that name. `Origin`: a page elsewhere cannot hide where it comes from, and whatever changes something or opens a socket has to say it.
 */
export function checkRequest(request: IncomingMessage, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = request.headers.host;
  if (host === undefined || !hosts.includes(host)) {
    return { status: 421, reason: `Lorekeep answers only at http://${hosts[0]}/. Through a tunnel, forward the same port number.` };
  }
  const { origin } = request.headers;
  const mustSay = (request.method !== "GET" && request.method !== "HEAD") || request.headers.upgrade !== undefined;
  if (origin === undefined ? mustSay : origin !== `http://${host}`) return { status: 403, reason: "Requests from other pages are refused." };
  const site = request.headers["sec-fetch-site"];
  // "none": typed or opened from a terminal. A link on another page may lead here by navigation only.
  const navigation = request.headers["sec-fetch-mode"] === "navigate" && request.headers["sec-fetch-dest"] === "document";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !(navigation && !mustSay)) {
    return { status: 403, reason: "Requests from other pages are refused." };
  }
  return undefined;
}
