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
    let last = box.scrollTop;
    const onScroll = () => {
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < near;
      if (atEnd) stuck.current = true;
      else if (box.scrollTop < last - 1) stuck.current = false;
      last = box.scrollTop;
      setAway(!atEnd && !stuck.current);
    };
    const letGo = (event: WheelEvent) => { if (event.deltaY < 0 && box.scrollHeight > box.clientHeight) stuck.current = false; };
    const observer = new ResizeObserver(() => {
      if (stuck.current) { box.scrollTop = box.scrollHeight; last = box.scrollTop; }
    });
    observer.observe(inner);
    observer.observe(box);
    box.addEventListener("scroll", onScroll, { passive: true });
    box.addEventListener("wheel", letGo, { passive: true });
    return () => { observer.disconnect(); box.removeEventListener("scroll", onScroll); box.removeEventListener("wheel", letGo); };
  }, []);

  return { scroller, content, away, toEnd };
}
