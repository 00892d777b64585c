import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How near the end still counts as reading along, CSS pixels. */
const near = 72;

/**
 * Keeps a growing column at its end for as long as the person is there. Scrolling up lets go at once, coming back to the end (or `toEnd`)
 * takes hold again. Only the person's own gestures let go: a layout that shifts does not.
 */
export function useStickToEnd(resetKey: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = useCallback((smooth = false) => {
    stuck.current = true;
    setAway(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior: smooth ? "smooth" : "auto" });
  }, []);

  useLayoutEffect(() => { toEnd(); }, [resetKey, toEnd]);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    let gesture = 0;
    const onGesture = () => { gesture = performance.now(); };
    const onWheel = (event: WheelEvent) => { onGesture(); if (event.deltaY < 0 && box.scrollHeight > box.clientHeight) stuck.current = false; };
    const onScroll = () => {
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < near;
      if (performance.now() - gesture < 400) stuck.current = atEnd;
      setAway(!atEnd && !stuck.current);
    };
    const observer = new ResizeObserver(() => { if (stuck.current) box.scrollTop = box.scrollHeight; });
    observer.observe(inner);
    observer.observe(box);
    const passive = { passive: true };
    box.addEventListener("scroll", onScroll, passive);
    box.addEventListener("wheel", onWheel, passive);
    // A finger, a key, or the scrollbar under the pointer.
    const gestures = ["touchmove", "keydown", "pointerdown", "pointermove"] as const;
    const onPointer = (event: Event) => { if (event.type !== "pointermove" || (event instanceof PointerEvent && event.buttons > 0)) onGesture(); };
    for (const name of gestures) box.addEventListener(name, onPointer, passive);
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
      box.removeEventListener("wheel", onWheel);
      for (const name of gestures) box.removeEventListener(name, onPointer);
    };
  }, []);

  return { scroller, content, away, toEnd };
}
