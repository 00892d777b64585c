import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { storeKillSuite } from "../suites/store-kill-suite.ts";

let uri: string;
beforeAll(async () => { uri = await mkdtemp(join(tmpdir(), "lorekeep-kill-")); });
afterAll(() => rm(uri, { recursive: true }));

storeKillSuite("the store, killed at random moments", { rounds: 12, within: 500, place: () => Promise.resolve({ uri }) });
