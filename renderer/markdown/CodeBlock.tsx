import { Check, Copy } from "lucide-react";
import { isValidElement, useRef, type ReactNode } from "react";
import { cx, IconButton } from "../design/index.ts";
import { useCopy } from "./copy.ts";
import css from "./Markdown.module.css";

function languageOf(children: ReactNode): string | undefined {
  if (!isValidElement<{ className?: string }>(children)) return undefined;
  return /language-(\S+)/.exec(children.props.className ?? "")?.[1];
}

interface CodeBlockProps {
  children: ReactNode;
  /** Named in its head; else the one the Markdown names. */
  language?: string;
  /** What is copied, where more is shown than that. */
  copies?: string;
  /** Long lines are broken, for text that is read rather than run. */
  wraps?: boolean;
}

export function CodeBlock({ children, language, copies, wraps }: CodeBlockProps) {
  const pre = useRef<HTMLPreElement>(null);
  const { copied, copy } = useCopy();
  return (
    <div className={css.code}>
      <div className={css.codeHead}>
        <span>{language ?? languageOf(children) ?? "text"}</span>
        <IconButton size="s" label={copied ? "Copied" : "Copy code"} onClick={() => copy(copies ?? pre.current?.textContent ?? "")}>{copied ? <Check /> : <Copy />}</IconButton>
      </div>
      <pre ref={pre} tabIndex={0} className={cx(wraps && css.wraps)}>{children}</pre>
    </div>
  );
}
