import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKnowledge } from "../../engine/knowledge/lance/knowledge-store.ts";
import { DIMENSIONS } from "../suites/store-documents.ts";
import { storeSuite } from "../suites/store-suite.ts";

storeSuite("the store in a local folder", async () => {
  const uri = await mkdtemp(join(tmpdir(), "lorekeep-store-"));
  return {
    open: () => openKnowledge({ uri, embedderIdentity: "test:16d", dimensions: DIMENSIONS }),
    destroy: () => rm(uri, { recursive: true }),
  };
});
