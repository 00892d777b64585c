import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How near the end still counts as reading along, CSS pixels. */
const near = 72;

/** What the header over the column covers, CSS pixels. */
const headRoom = 60;

/** How far down one follows. */
const endOf = (box: HTMLElement): number => {
  const end = box.scrollHeight - box.clientHeight;
  const pinned = box.querySelector<HTMLElement>("[data-pin]");
  return pinned ? Math.min(end, Math.max(0, pinned.offsetTop - headRoom)) : end;
};

/**
 * Keeps a growing column at its end for as long as the person is there. Scrolling up lets go at once, coming back to the end (or `toEnd`)
 * takes hold again. Only the person's own gestures let go: a layout that shifts does not. An element with `data-pin` is never scrolled
 * past: an answer that comes at once and whole is read from its beginning.
 */
export function useStickToEnd(resetKey: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = useCallback((smooth = false) => {
    stuck.current = true;
    setAway(false);
    // Asked for by hand, the end is the end.
    if (scroller.current) scroller.current.scrollTo({ top: smooth ? scroller.current.scrollHeight : endOf(scroller.current), behavior: smooth ? "smooth" : "auto" });
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
      setAway(!atEnd);
    };
    const observer = new ResizeObserver(() => { if (stuck.current) box.scrollTop = endOf(box); });
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
