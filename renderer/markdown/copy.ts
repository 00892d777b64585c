import { useEffect, useRef, useState } from "react";
import { useToasts } from "../design/index.ts";

/** Copies, and says so for two seconds. */
export function useCopy() {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const toasts = useToasts();
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setCopied(false), 2000);
    }, () => toasts.show({ tone: "bad", title: "The clipboard is not available here." }));
  };
  return { copied, copy };
}
