/** What of a file handle is needed to write at a place. */
export interface Writable {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>;
}

/** Writes all of `bytes` at `position`: one write may take less of them, as on a disk that is nearly full. @throws what `write` throws. */
export async function writeWhole(file: Writable, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
}
