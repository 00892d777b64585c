import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";

/** moto's S3 server: LOREKEEP_MOTO, else `moto_server` on the PATH; undefined where there is none. `pip install 'moto[server]'` brings it. */
export function motoServer(): string | undefined {
  const given = process.env.LOREKEEP_MOTO;
  const candidates = given ? [given] : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "moto_server"));
  return candidates.find((path) => existsSync(path));
}

export interface S3Server {
  /** As LanceDB names them, for `openKnowledge`. */
  readonly storageOptions: Readonly<Record<string, string>>;
  /** The same as the environment that LanceDB reads. */
  readonly env: Readonly<Record<string, string>>;
  bucket(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** An S3 server of its own on a free port of this machine, in memory, with keys that mean nothing. */
export async function startS3(program: string): Promise<S3Server> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  await answers(endpoint, server);
  return {
    storageOptions: { endpoint, allow_http: "true", region: "us-east-1", aws_access_key_id: "test", aws_secret_access_key: "test" },
    env: { AWS_ENDPOINT: endpoint, AWS_ALLOW_HTTP: "true", AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    bucket: async (name) => {
      const { status } = await fetch(`${endpoint}/${name}`, { method: "PUT" });
      if (status !== 200) throw new Error(`The bucket was not made: ${status}`);
      return `s3://${name}`;
    },
    stop: () => { server.kill("SIGKILL"); return ended; },
  };
}

async function answers(endpoint: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}`);
    if (await fetch(endpoint).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("moto_server does not answer");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
