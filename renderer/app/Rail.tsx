import { cx, Tooltip } from "../design/index.ts";
import { QueueIndicator } from "./QueueIndicator.tsx";
import { hrefOf } from "./route.ts";
import { screens, type Screen } from "./screens.tsx";
import css from "./App.module.css";

export function Rail({ current }: { current: string }) {
  const link = (screen: Screen) => (
    <Tooltip key={screen.route} text={screen.name} keys={screen.keys} side="right">
      <a href={hrefOf(screen.route)} className={cx(css.place, screen.route === current && css.placeOn)} aria-current={screen.route === current ? "page" : undefined}>
        <screen.icon aria-hidden />
        <span>{screen.name}</span>
      </a>
    </Tooltip>
  );
  return (
    <nav className={css.rail} aria-label="Lorekeep">
      <img src="./icon.svg" alt="" className={css.logo} />
      {screens.filter((screen) => !screen.atEnd).map(link)}
      <div className={css.railEnd}>
        <QueueIndicator />
        {screens.filter((screen) => screen.atEnd).map(link)}
      </div>
    </nav>
  );
}
