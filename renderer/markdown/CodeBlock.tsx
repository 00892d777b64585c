import { Check, Copy } from "lucide-react";
import { isValidElement, useRef, type ReactNode } from "react";
import { IconButton } from "../design/index.ts";
import { useCopy } from "./copy.ts";
import css from "./Markdown.module.css";

function languageOf(children: ReactNode): string | undefined {
  if (!isValidElement<{ className?: string }>(children)) return undefined;
  return /language-(\S+)/.exec(children.props.className ?? "")?.[1];
}

export function CodeBlock({ children }: { children: ReactNode }) {
  const pre = useRef<HTMLPreElement>(null);
  const { copied, copy } = useCopy();
  return (
    <div className={css.code}>
      <div className={css.codeHead}>
        <span>{languageOf(children) ?? "text"}</span>
        <IconButton size="s" label={copied ? "Copied" : "Copy code"} onClick={() => copy(pre.current?.textContent ?? "")}>{copied ? <Check /> : <Copy />}</IconButton>
      </div>
      <pre ref={pre} tabIndex={0}>{children}</pre>
    </div>
  );
}
