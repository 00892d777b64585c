import { describe, expect, it } from "vitest";
import { partsOfPassageId, passageId } from "../../../engine/knowledge/passage-id.ts";

describe("a passage's id", () => {
  it.each([["d1", 0], ["s3://bucket/a:b", 12], ["5f0c", 4_000_000]])("says its document and its place: %s, %i", (documentId, position) => {
    expect(partsOfPassageId(passageId(documentId, position))).toEqual({ documentId, position });
  });

  it.each(["", "d1", ":3", "d1:", "d1:x", "d1:1.5"])("is not read out of %j", (id) => {
    expect(() => partsOfPassageId(id)).toThrow(RangeError);
  });
});
