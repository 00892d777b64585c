import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import type { EngineClient } from "../../engine/contract/index.ts";
import { projectRoot } from "../data.ts";

test("npm run demo, without a display: says why in one line, prints a link, serves the toy world, and leaves nothing", async () => {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, LOREKEEP_WORKSPACE: ___, ...env } = process.env;
  const child = spawn(process.execPath, [join(projectRoot, "scripts", "start.mjs"), "--demo"], { cwd: projectRoot, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => { said += text; });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  try {
    await expect.poll(() => said, { timeout: 150_000, interval: 200 }).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    expect(said.split("\n").filter((line) => line.startsWith("No desktop window"))).toEqual([
      expect.stringMatching(process.platform === "linux" ? /since there is no display;/ : /since /),
    ]);
    const link = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(said)?.[0] ?? "";
    const entered = await fetch(link, { redirect: "manual" });
    const { origin } = new URL(link);
    const headers = { origin, cookie: String(entered.headers.get("set-cookie")).split(";")[0] ?? "" };
    expect(await (await fetch(`${origin}/`, { headers })).text()).toContain("<title>Lorekeep</title>");

    const socket = new WebSocket(`${origin.replace("http", "ws")}/rpc`, { headers });
    const client = createORPCClient<EngineClient>(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
    const status = await client.system.status();
    expect(status).toMatchObject({ host: "serve", indexed: 14, failed: 0 });
    expect((await client.models.list()).map(({ kind }) => kind).sort()).toEqual(["adapter", "model"]);
    expect((await client.search.query({ text: "bus to the hill towns" })).hits.length).toBeGreaterThan(0);
    socket.close();
    child.kill("SIGTERM");
    await ended;
    expect(existsSync(status.workspace)).toBe(false);
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}, 240_000);
