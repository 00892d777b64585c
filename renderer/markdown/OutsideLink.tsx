import { ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Popover } from "../design/index.ts";
import { openOutside } from "../engine/shell.ts";
import { useCopy } from "./copy.ts";
import css from "./Markdown.module.css";

/** A link that shows where it leads and opens only after a second, deliberate click: its text may say anything. */
export function OutsideLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  const { copied, copy } = useCopy();
  if (href?.startsWith("#")) return <a href={href} onClick={(event) => { event.preventDefault(); document.getElementById(href.slice(1))?.scrollIntoView({ block: "center" }); }}>{children}</a>;
  if (!href || !/^(https?|mailto):/i.test(href)) return <span>{children}</span>;
  return (
    <Popover label="Open this link?" trigger={<button type="button" className={css.link}>{children}<ArrowUpRight aria-hidden /></button>}>
      <div className={css.linkCard}>
        <div className={css.linkTitle}>This link leads to</div>
        <div className={css.linkAddress}>{href}</div>
        <div className={css.linkActions}>
          <Button size="s" onClick={() => copy(href)}>{copied ? "Copied" : "Copy address"}</Button>
          {/^https?:/i.test(href) ? <Button size="s" variant="primary" onClick={() => openOutside(href)}>Open in browser</Button> : null}
        </div>
      </div>
    </Popover>
  );
}
