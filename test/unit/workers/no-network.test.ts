import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { projectRoot } from "../../data.ts";

/** Runs a script in a fresh process, with and without the guard, against a server that is really there. */
test("with the guard no HTTP client of Node reaches even a server on this machine", async () => {
  const server = createServer((_, response) => response.end("reached")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const bundle = await build({
    stdin: {
      contents: `import { denyNetwork } from "./engine/workers/no-network.ts"; import http from "node:http";
        if (process.argv[1] === "deny") denyNetwork();
        const url = "http://127.0.0.1:${port}/";
        const viaFetch = fetch(url).then((r) => r.text(), () => "denied");
        const viaHttp = new Promise((resolve) => http.get(url, (r) => { r.resume(); resolve("reached"); }).on("error", () => resolve("denied")));
        Promise.all([viaFetch, viaHttp]).then((all) => console.log(all.join(" ")));`,
      resolveDir: projectRoot, loader: "ts",
    },
    bundle: true, platform: "node", format: "cjs", write: false,
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  const run = async (mode: string) => (await promisify(execFile)(process.execPath, ["-e", script, mode], { cwd: projectRoot })).stdout.trim();
  try {
    expect(await run("allow")).toBe("reached reached");
    expect(await run("deny")).toBe("denied denied");
  } finally {
    server.close();
  }
});
