import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { JsonStore, type SetAside } from "../base/json-store.ts";

const secret = z.object({ key: z.string().regex(/^[0-9a-f]{64}$/) });

/** What only this workspace knows: 256 bits, hexadecimal. */
export interface Secret extends z.infer<typeof secret> {
  /** Set when the file could not be read; a new key was then made. */
  readonly setAside: SetAside | undefined;
}

/** Reads `<workspace>/secret.json`, or makes it. @throws LorekeepError UNSUPPORTED, NO_SPACE, READ_ONLY */
export async function openSecret(workspace: string): Promise<Secret> {
  let made = false;
  const store = await JsonStore.open({ path: join(workspace, "secret.json"), schema: secret, defaults: () => ((made = true), { key: randomBytes(32).toString("hex") }) });
  if (made) await store.update((content) => content);
  return { ...store.value, setAside: store.setAside };
}
