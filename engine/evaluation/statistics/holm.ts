/** Holm's step-down correction: adjusted p values in the order given, each as R's `p.adjust(…, "holm")`. Source: Holm 1979. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 1) - (values[b] ?? 1));
  const adjusted = new Array<number>(values.length).fill(1);
  let largest = 0;
  order.forEach((index, step) => {
    largest = Math.max(largest, Math.min(1, (values.length - step) * (values[index] ?? 1)));
    adjusted[index] = largest;
  });
  return adjusted;
}
