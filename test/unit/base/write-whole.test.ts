import { expect, test } from "vitest";
import { writeWhole } from "../../../engine/base/write-whole.ts";

test("goes on where a write took less than it was given, as on a disk that is nearly full", async () => {
  const disk = Buffer.alloc(12);
  const file = { write: async (bytes: Uint8Array, offset: number, length: number, position: number) => ({ bytesWritten: Buffer.from(bytes).copy(disk, position, offset, offset + Math.min(length, 3)) }) };
  await writeWhole(file, Buffer.from("lorekeep"), 2);
  expect(disk.toString("latin1")).toBe("\0\0lorekeep\0\0");
});
