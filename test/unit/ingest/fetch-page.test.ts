import { createServer, type RequestListener } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Network } from "../../../engine/base/network.ts";
import { createPageFetcher } from "../../../engine/ingest/sources/fetch-page.ts";

let folder: string;
let network: Network;
const closers: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lorekeep-page-"));
  network = new Network({ ledgerPath: join(folder, "network.jsonl") });
});
afterEach(async () => {
  closers.splice(0).forEach((close) => close());
  await network.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function site(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  closers.push(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const fetcher = (maxBytes = 10_000) => createPageFetcher({ network, folder: join(folder, "pages"), maxBytes, allowPrivate: true });

test("a page is saved under a name that says what it is, and stands on the ledger", async () => {
  const base = await site((request, response) => {
    if (request.url === "/old") response.writeHead(302, { location: "/guide" }).end();
    else response.setHeader("content-type", "text/html; charset=utf-8").end("<h1>Guide</h1>");
  });
  const page = await fetcher()(`${base}/old`);
  expect(page).toMatchObject({ name: "guide.html", mediaType: "text/html", finalUrl: `${base}/guide` });
  expect(readFileSync(page.path, "utf8")).toBe("<h1>Guide</h1>");
  expect((await network.recent()).every((entry) => entry.purpose === "web page")).toBe(true);
});

test.each([[404, "NOT_FOUND"], [403, "DOWNLOAD_FAILED"], [500, "DOWNLOAD_FAILED"]])("status %i is %s with a sentence", async (status, code) => {
  const base = await site((_, response) => response.writeHead(status).end());
  await expect(fetcher()(`${base}/x`)).rejects.toMatchObject({ code });
});

test("a page over the limit leaves nothing behind", async () => {
  const base = await site((_, response) => response.end("x".repeat(20_000)));
  await expect(fetcher()(`${base}/big`)).rejects.toMatchObject({ code: "TOO_LARGE" });
  expect(readdirSync(join(folder, "pages"))).toEqual([]);
});

test("addresses of this machine are refused unless a test allows them", async () => {
  const base = await site((_, response) => response.end("secret"));
  await expect(createPageFetcher({ network, folder, maxBytes: 100 })(base)).rejects.toMatchObject({ code: "FORBIDDEN_ADDRESS" });
});
