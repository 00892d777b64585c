import { Suspense, useEffect, useMemo, useState } from "react";
import type { MenuAction } from "../../engine/contract/shell.ts";
import { ChatProvider, useChat } from "../chat/state.tsx";
import { CompareProvider } from "../compare/state.tsx";
import { ToastProvider, TooltipProvider } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { shell } from "../engine/shell.ts";
import { useAdding } from "./adding.ts";
import { Boundary } from "./Boundary.tsx";
import { ConnectionLine } from "./ConnectionLine.tsx";
import { DropTarget } from "./DropTarget.tsx";
import { Rail } from "./Rail.tsx";
import { go, useRoute } from "./route.ts";
import { readScreens, screens } from "./screens.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { ShortcutsDialog } from "./ShortcutsDialog.tsx";
import { useTheme } from "./theme.ts";
import css from "./App.module.css";

export function App() {
  return <TooltipProvider><ToastProvider><ChatProvider><CompareProvider><Frame /></CompareProvider></ChatProvider></ToastProvider></TooltipProvider>;
}

function Frame() {
  useTheme();
  useEffect(whenIdle, []);
  const route = useRoute();
  const [help, setHelp] = useState(false);
  const commands = useCommands();
  useShortcuts(useMemo(() => ({
    ...Object.fromEntries(screens.map((screen) => [screen.keys, () => go(screen.route)])),
    "Alt N": commands.newChat, "Mod K": commands.find, "?": () => setHelp(true), "Mod /": () => setHelp(true),
  }), [commands]));
  const screen = screens.find((candidate) => candidate.route === route.screen) ?? screens[0];
  // The chat names its conversation itself.
  useEffect(() => { if (screen && screen.route !== "chat") document.title = `${screen.name} - Lorekeep`; }, [screen]);
  if (!screen) return null;
  const View = screen.view;
  return (
    <div className={css.frame}>
      <Rail current={screen.route} onHelp={() => setHelp(true)} />
      <main className={css.main} aria-label={screen.name}>
        <Boundary key={screen.route}><Suspense><View id={route.id} /></Suspense></Boundary>
      </main>
      <ConnectionLine />
      <DropTarget />
      <ShortcutsDialog open={help} onOpenChange={setHelp} />
    </div>
  );
}

/** Reads the other screens once the first one stands. Safari has no idle callbacks. */
function whenIdle(): () => void {
  if (typeof window.requestIdleCallback !== "function") {
    const timer = setTimeout(() => void readScreens(), 500);
    return () => clearTimeout(timer);
  }
  const handle = window.requestIdleCallback(() => void readScreens(), { timeout: 2000 });
  return () => window.cancelIdleCallback(handle);
}

/** What the keyboard and the shell's menu can both do. */
function useCommands() {
  const { store } = useChat();
  const engine = useEngine();
  const { add, choose } = useAdding();
  const commands = useMemo(() => ({
    newChat: () => go("chat"),
    find: () => {
      store.setState({ listOpen: true });
      if (!window.location.hash.startsWith("#/chat")) go("chat");
      // The list may have to appear first.
      setTimeout(() => document.querySelector<HTMLInputElement>("[data-search-conversations]")?.focus(), 60);
    },
  }), [store]);
  useEffect(() => {
    const host = shell();
    if (!host) return undefined;
    const theme = (choice: "system" | "light" | "dark") => void engine.settings.update({ appearance: { theme: choice } });
    const actions: Record<MenuAction, () => void> = {
      "new-chat": commands.newChat, find: commands.find, "add-files": () => choose({ folders: false }), "add-folder": () => choose({ folders: true }),
      library: () => go("library"), models: () => go("models"), settings: () => go("settings"), guide: () => go("guide"),
      "theme-system": () => theme("system"), "theme-light": () => theme("light"), "theme-dark": () => theme("dark"),
    };
    const stops = [host.onMenu((action) => actions[action]()), host.onOpenPaths((paths) => add({ paths, files: [] }))];
    return () => { for (const stop of stops) stop(); };
  }, [commands, engine, add, choose]);
  return commands;
}
