import { ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { shell } from "../engine/shell.ts";
import css from "./ExternalLink.module.css";

/** Leads out of the app: in the person's own browser, and only when clicked. Addresses that are not http(s) are shown as text. */
export function ExternalLink({ href, children }: { href: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(href)) return <span>{children}</span>;
  return (
    <a className={css.link} href={href} target="_blank" rel="noreferrer noopener" title={href}
      onClick={(event) => { const host = shell(); if (host) { event.preventDefault(); void host.openExternal(href); } }}>
      {children}<ArrowUpRight aria-label="(opens in your browser)" />
    </a>
  );
}
