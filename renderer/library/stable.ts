import { useCallback, useLayoutEffect, useRef } from "react";

/** A function that stays the same while what it does follows the latest render: rows that did not change need not be drawn again. For event handlers only. */
export function useStable<A extends unknown[]>(handler: (...args: A) => void): (...args: A) => void {
  const latest = useRef(handler);
  useLayoutEffect(() => { latest.current = handler; });
  return useCallback((...args: A) => latest.current(...args), []);
}
