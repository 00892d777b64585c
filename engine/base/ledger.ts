import { appendFile, mkdir, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { fromFileSystem } from "./errors.ts";

/** One outgoing request. Written when it starts and again when it ends, so that a crash in between still leaves a trace. */
const ledgerEntry = z.object({
  id: z.string(),
  /** ISO 8601, the start. */
  time: z.string(),
  method: z.string(),
  /** Without user, password and the values of secret-looking parameters. */
  url: z.string(),
  /** Why it was made, in the words the person sees. */
  purpose: z.string(),
  /** "started", "refused", "failed", "stopped", or the HTTP status as text. */
  outcome: z.string(),
  /** Body bytes received. */
  bytes: z.number().int().nonnegative(),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** JSON Lines of outgoing requests, `<path>`; when it grows past `maxBytes` it becomes `<path>.1`, replacing the one before. */
export class Ledger {
  private readonly path: string;
  private readonly maxBytes: number;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(path: string, maxBytes: number) {
    this.path = path;
    this.maxBytes = maxBytes;
  }

  /** @throws LorekeepError NO_SPACE, READ_ONLY: a request that cannot be written down is not made. */
  append(entry: LedgerEntry): Promise<void> {
    const run = this.tail.then(async () => {
      try {
        await mkdir(dirname(this.path), { recursive: true });
        await this.rotate();
        await appendFile(this.path, `${JSON.stringify(entry)}\n`);
      } catch (error) {
        throw fromFileSystem(error, this.path);
      }
    });
    this.tail = run.catch(() => undefined); // told to the caller of this append
    return run;
  }

  /** The latest `limit` requests, newest first, each with its last known outcome. Lines that a crash cut are left out. */
  async read(limit: number): Promise<LedgerEntry[]> {
    await this.tail;
    const byId = new Map<string, LedgerEntry>();
    for (const file of [`${this.path}.1`, this.path]) {
      for (const line of (await textOf(file)).split("\n")) {
        const entry = parseLine(line);
        if (entry) byId.set(entry.id, entry);
      }
    }
    return [...byId.values()].reverse().slice(0, limit);
  }

  private async rotate(): Promise<void> {
    const size = await stat(this.path).then((s) => s.size, () => 0);
    if (size > this.maxBytes) await rename(this.path, `${this.path}.1`);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function parseLine(line: string): LedgerEntry | undefined {
  if (line.trim() === "") return undefined;
  try {
    return ledgerEntry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // cut by a crash; the line before and after are whole
  }
}

/** The address as it may be shown and stored. */
export function withoutSecrets(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.hash = "";
  for (const [name, value] of [...shown.searchParams]) {
    if (value.length > 64 || /sig|token|key|secret|auth|credential|passw|policy|session/i.test(name)) shown.searchParams.set(name, "…");
  }
  return readable(shown.href).slice(0, 2000);
}

/** Percent signs that stand for nothing are legal in an address, and stay as they are. */
function readable(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}
