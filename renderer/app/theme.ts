import { useEffect, useSyncExternalStore } from "react";
import { useSettings } from "../engine/queries.ts";
import { shell } from "../engine/shell.ts";

const dark = () => window.matchMedia("(prefers-color-scheme: dark)");
const subscribe = (listener: () => void) => {
  const query = dark();
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
};

/** The last choice, so that the next start does not flash in the other theme before the engine has answered. */
const remembered = (): string | null => window.localStorage.getItem("lorekeep.theme");

/** Before the first paint. */
export function applyRememberedTheme(): void {
  const choice = remembered();
  document.documentElement.dataset.theme = choice === "light" || choice === "dark" ? choice : dark().matches ? "dark" : "light";
}

export function useTheme(): void {
  const { data } = useSettings();
  const system = useSyncExternalStore(subscribe, () => (dark().matches ? "dark" : "light"));
  const theme = data?.appearance.theme;
  const size = data?.appearance.textSize;
  useEffect(() => {
    if (!theme) return;
    window.localStorage.setItem("lorekeep.theme", theme);
    document.documentElement.dataset.theme = theme === "system" ? system : theme;
    shell()?.setTheme(theme);
  }, [theme, system]);
  useEffect(() => { if (size) document.documentElement.style.fontSize = `${size}px`; }, [size]);
}
