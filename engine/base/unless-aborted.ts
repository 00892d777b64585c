/**
 * What `work` comes to, unless the signal aborts before: then that, while the work goes on and its end is nobody's. Leaves nothing on the signal:
 * one may stand behind many. @throws the signal's reason; what `work` throws.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  work.catch(() => undefined); // told below, or to nobody who still waits
  let leave: () => void = () => undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason instanceof Error ? signal.reason : new DOMException("Stopped", "AbortError"));
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
