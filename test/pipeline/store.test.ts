import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import { DIMENSIONS } from "../suites/store-documents.ts";
import { storeSuite } from "../suites/store-suite.ts";

for (const [name, options] of [["the store in a local folder", {}], ["the store in a local folder, passages found again by id as in a large library", { readThrough: 0 }]] as const) {
  storeSuite(name, async () => {
    const uri = await mkdtemp(join(tmpdir(), "lorekeep-store-"));
    return {
      open: () => openKnowledge({ uri, embedderIdentity: "test:16d", dimensions: DIMENSIONS, ...options }),
      destroy: () => rm(uri, { recursive: true }),
    };
  });
}
