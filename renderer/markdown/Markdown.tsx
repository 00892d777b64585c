import "katex/dist/katex.min.css";
import { memo, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import rehypeKatex from "rehype-katex";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import type { PluggableList } from "unified";
import { CodeBlock } from "./CodeBlock.tsx";
import { rehypeDisplayMath } from "./display-math.ts";
import { OutsideLink } from "./OutsideLink.tsx";
import { RemoteImage } from "./RemoteImage.tsx";
import css from "./Markdown.module.css";

interface MarkdownProps {
  text: string;
  /** Plugins that see the tree while its places in the text are still known, before formulas and code are drawn. */
  first?: PluggableList | undefined;
  components?: Components | undefined;
}

const remark: PluggableList = [remarkGfm, [remarkMath, { singleDollarTextMath: true }]];
const rehype: PluggableList = [rehypeDisplayMath, [rehypeKatex, { throwOnError: false, strict: "ignore", trust: false, maxSize: 20, maxExpand: 200 }], [rehypeHighlight, { detect: false, ignoreMissing: true }]];
const none: PluggableList = [];

const base: Components = {
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  a: ({ href, children }) => <OutsideLink href={href}>{children}</OutsideLink>,
  img: ({ src, alt }) => <RemoteImage src={typeof src === "string" ? src : undefined} alt={alt} />,
  table: ({ children }) => <div className={css.tableScroll} tabIndex={0} role="region" aria-label="Table"><table>{children}</table></div>,
  input: ({ checked }) => <input type="checkbox" checked={checked ?? false} readOnly disabled />,
};

/** What a model or a document wrote. Raw HTML is shown as text, images are never fetched, links ask first. */
export const Markdown = memo(function Markdown({ text, first = none, components }: MarkdownProps): ReactNode {
  return (
    <div className={css.prose}>
      <ReactMarkdown remarkPlugins={remark} rehypePlugins={[...first, ...rehype]} remarkRehypeOptions={{ clobberPrefix: "answer-" }} components={components ? { ...base, ...components } : base}>{text}</ReactMarkdown>
    </div>
  );
});
