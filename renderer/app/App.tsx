import { ToastProvider, TooltipProvider } from "../design/index.ts";
import { Boundary } from "./Boundary.tsx";
import { ConnectionLine } from "./ConnectionLine.tsx";
import { Rail } from "./Rail.tsx";
import { useRoute } from "./route.ts";
import { screens } from "./screens.tsx";
import { useTheme } from "./theme.ts";
import css from "./App.module.css";

export function App() {
  return <TooltipProvider><ToastProvider><Frame /></ToastProvider></TooltipProvider>;
}

function Frame() {
  useTheme();
  const route = useRoute();
  const screen = screens.find((candidate) => candidate.route === route.screen) ?? screens[0];
  if (!screen) return null;
  const View = screen.view;
  return (
    <div className={css.frame}>
      <Rail current={screen.route} />
      <main className={css.main} aria-label={screen.name}>
        <Boundary key={screen.route}><View id={route.id} /></Boundary>
      </main>
      <ConnectionLine />
    </div>
  );
}
