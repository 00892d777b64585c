import { Keyboard } from "lucide-react";
import { cx, IconButton, Tooltip } from "../design/index.ts";
import { QueueIndicator } from "./QueueIndicator.tsx";
import { hrefOf } from "./route.ts";
import { screens, type Screen } from "./screens.tsx";
import { shownKeys } from "./shortcuts.ts";
import css from "./App.module.css";

export function Rail({ current, onHelp }: { current: string; onHelp(): void }) {
  const link = (screen: Screen) => (
    <Tooltip key={screen.route} text={screen.name} keys={shownKeys(screen.keys)} side="right">
      <a href={hrefOf(screen.route)} className={cx(css.place, screen.route === current && css.placeOn)} aria-current={screen.route === current ? "page" : undefined}>
        <screen.icon aria-hidden />
        <span>{screen.name}</span>
      </a>
    </Tooltip>
  );
  return (
    <nav className={css.rail} aria-label="Lorekeep">
      <img src="./icon.svg" alt="" className={css.logo} />
      {screens.filter((screen) => !screen.place).map(link)}
      <div className={css.railEnd}>
        <QueueIndicator />
        <IconButton label="Keyboard shortcuts" keys="?" tooltipSide="right" onClick={onHelp}><Keyboard /></IconButton>
        {screens.filter((screen) => screen.place === "end").map(link)}
      </div>
    </nav>
  );
}
