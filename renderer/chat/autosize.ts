import { useLayoutEffect, useRef } from "react";

/** Grows a textarea with its text, up to `max` CSS pixels. */
export function useAutosize(value: string, max: number) {
  const box = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "0";
    const wanted = element.scrollHeight;
    element.style.height = `${Math.min(max, wanted)}px`;
    element.style.overflowY = wanted > max ? "auto" : "hidden";
  }, [value, max]);
  return box;
}
