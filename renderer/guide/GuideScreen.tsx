import { useEffect, useMemo, useRef } from "react";
import type { Components } from "react-markdown";
import guide from "../../docs/user-guide.md?raw";
import { hrefOf } from "../app/route.ts";
import { Markdown } from "../markdown/Markdown.tsx";
import { sectionId, sectionsOf } from "./sections.ts";
import css from "./guide.module.css";

const components: Components = {
  h2: ({ children }) => <h2 data-section={typeof children === "string" ? sectionId(children) : undefined} tabIndex={-1}>{children}</h2>,
};

/** docs/user-guide.md, built into the face: it is there in the window, in the browser and in an installed app, without a network or another program. The route's id is a section. */
export function GuideScreen({ id }: { id: string | undefined }) {
  const sections = useMemo(() => sectionsOf(guide), []);
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const heading = page.current?.querySelector<HTMLElement>(`[data-section="${CSS.escape(id ?? "")}"]`);
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
  }, [id]);
  return (
    <div className={css.screen}>
      <nav className={css.nav} aria-label="User guide">
        {sections.map((section) => <a key={section.id} href={hrefOf("guide", section.id)} className={css.navItem} aria-current={section.id === id ? "location" : undefined}>{section.name}</a>)}
      </nav>
      <div className={css.scroll} ref={page}>
        <div className={css.column}><Markdown text={guide} components={components} /></div>
      </div>
    </div>
  );
}
