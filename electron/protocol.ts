import { protocol, session } from "electron";
import { readFile } from "node:fs/promises";
import { cacheControl, faceHeaders, facePolicy, resolveFaceFile } from "../engine/base/face-files.ts";

/** The face's own scheme and origin. A page from here is ours; there is no file:// anywhere. */
export const appOrigin = "app://lorekeep";

/** Before the app is ready: a standard, secure scheme, so that it has an origin and fetch, modules and storage work. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly data: Buffer;
}

/** After the app is ready: answers with files of `folder`, each under the face's policy. */
export function serveScheme(folder: string): void {
  const { protocol: ours } = session.defaultSession;
  if ("handle" in ours) {
    ours.handle("app", async (request) => {
      const { statusCode, headers, data } = await answer(folder, request.method, request.url);
      return new Response(new Uint8Array(data), { status: statusCode, headers });
    });
    return;
  }
  // Electron before 25, which the tests may run on; its types are gone.
  const old = ours as { registerBufferProtocol(scheme: string, handler: (request: { method: string; url: string }, done: (answer: Answer & { mimeType: string }) => void) => void): void };
  old.registerBufferProtocol("app", (request, done) => {
    void answer(folder, request.method, request.url).then((result) => done({ ...result, mimeType: (result.headers["content-type"] ?? "text/plain").split(";")[0] ?? "" }));
  });
}

async function answer(folder: string, method: string, address: string): Promise<Answer> {
  const url = new URL(address);
  const file = method === "GET" && url.host === "lorekeep" ? resolveFaceFile(folder, url.pathname) : undefined;
  const headers = faceHeaders(facePolicy());
  if (!file) return { statusCode: 404, headers: { ...headers, "content-type": "text/plain" }, data: Buffer.from("There is nothing at this address.") };
  try {
    return { statusCode: 200, headers: { ...headers, "content-type": file.contentType, "cache-control": cacheControl(file) }, data: await readFile(file.path) };
  } catch (error) {
    console.error(error);
    return { statusCode: 500, headers: { ...headers, "content-type": "text/plain" }, data: Buffer.from("This part of Lorekeep cannot be read.") };
  }
}
