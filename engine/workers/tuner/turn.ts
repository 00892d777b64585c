/**
 * Rows of a query or key matrix from Hugging Face's order to llama.cpp's. Both turn pairs of numbers of a head by an angle: Hugging Face pairs
 * row i with row i + half, llama.cpp row 2i with row 2i + 1. Rows are moved whole, whatever their numbers are stored as.
 */
export function rowsToPairs(bytes: Uint8Array, { rows, rowBytes, heads }: { rows: number; rowBytes: number; heads: number }): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const perHead = rows / heads;
  const half = perHead / 2;
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < perHead; i++) {
      const from = head * perHead + (i % 2) * half + (i >> 1);
      out.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), (head * perHead + i) * rowBytes);
    }
  }
  return out;
}

/** Rows become columns; each element is `width` bytes. */
export function transposed(bytes: Uint8Array, { rows, columns, width }: { rows: number; columns: number; width: number }): Uint8Array {
  const view = (buffer: ArrayBufferLike, offset: number) => (width === 2 ? new Uint16Array(buffer, offset, rows * columns) : new Uint32Array(buffer, offset, rows * columns));
  const from = view(bytes.buffer, bytes.byteOffset);
  const to = view(new ArrayBuffer(bytes.length), 0);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column] as number;
  return new Uint8Array(to.buffer);
}
