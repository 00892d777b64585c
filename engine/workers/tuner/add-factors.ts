/** One adapter's share in a weight: A is rank × columns; B is rows × rank, of which the rows at hand. */
export interface Share {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly rank: number;
  /** The person's scale · alpha / rank. */
  readonly scale: number;
}

/**
 * W += Σ scale · B·A for `rows` rows of `columns` numbers, in place. Sums are kept in double precision and rounded to single once per number, so
 * the order of adapters and of ranks does not show. Four ranks at a time: the row is then read and written a quarter as often.
 */
export function addFactors(weights: Float32Array, size: { rows: number; columns: number }, shares: readonly Share[]): void {
  const { rows, columns } = size;
  const sum = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const target = weights.subarray(row * columns, (row + 1) * columns);
    sum.set(target);
    for (const share of shares) addRow(sum, share, row);
    target.set(sum);
  }
}

function addRow(sum: Float64Array, { a, b, rank, scale }: Share, row: number): void {
  const columns = sum.length;
  const at = row * rank;
  let r = 0;
  for (; r + 4 <= rank; r += 4) {
    const c0 = scale * (b[at + r] as number);
    const c1 = scale * (b[at + r + 1] as number);
    const c2 = scale * (b[at + r + 2] as number);
    const c3 = scale * (b[at + r + 3] as number);
    const o0 = r * columns;
    const o1 = o0 + columns;
    const o2 = o1 + columns;
    const o3 = o2 + columns;
    for (let i = 0; i < columns; i++) {
      sum[i] = (sum[i] as number) + c0 * (a[o0 + i] as number) + c1 * (a[o1 + i] as number) + c2 * (a[o2 + i] as number) + c3 * (a[o3 + i] as number);
    }
  }
  for (; r < rank; r++) {
    const c = scale * (b[at + r] as number);
    const o = r * columns;
    for (let i = 0; i < columns; i++) sum[i] = (sum[i] as number) + c * (a[o + i] as number);
  }
}
