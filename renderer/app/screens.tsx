import { BookOpen, Box, ChartNoAxesColumn, Library, MessagesSquare, Scale, ScanSearch, Settings2, type LucideIcon } from "lucide-react";
import { lazy, type ComponentType } from "react";
import { ChatScreen } from "../chat/ChatScreen.tsx";

/** A place in the rail. `id` is the second part of the route (a conversation, a document, a section). */
export interface Screen { readonly route: string; readonly name: string; readonly icon: LucideIcon; readonly keys: string; readonly view: ComponentType<{ id: string | undefined }>; /** Stands at the bottom of the rail; "hidden" is reached by its keys, links and the menu. */ readonly place?: "end" | "hidden" }

const libraryScreen = async () => ({ default: (await import("../library/LibraryScreen.tsx")).LibraryScreen });
const modelsScreen = async () => ({ default: (await import("../models/ModelsScreen.tsx")).ModelsScreen });
const retrievalScreen = async () => ({ default: (await import("../evaluation/RetrievalScreen.tsx")).RetrievalScreen });
const compareScreen = async () => ({ default: (await import("../compare/CompareScreen.tsx")).CompareScreen });
const evaluateScreen = async () => ({ default: (await import("../runs/EvaluateScreen.tsx")).EvaluateScreen });
const settingsScreen = async () => ({ default: (await import("../settings/SettingsScreen.tsx")).SettingsScreen });
const guideScreen = async () => ({ default: (await import("../guide/GuideScreen.tsx")).GuideScreen });

/** Reads all screens: one that is first gone to while the line to the engine is cut is there all the same. What cannot be read here is said where it is gone to. */
export async function readScreens(): Promise<void> {
  await Promise.allSettled([libraryScreen(), modelsScreen(), retrievalScreen(), compareScreen(), evaluateScreen(), settingsScreen(), guideScreen()]);
}

/** The chat opens the app; the others are read after it. */
export const screens: readonly Screen[] = [
  { route: "chat", name: "Chat", icon: MessagesSquare, keys: "Alt 1", view: ChatScreen },
  { route: "library", name: "Library", icon: Library, keys: "Alt 2", view: lazy(libraryScreen) },
  { route: "models", name: "Models", icon: Box, keys: "Alt 3", view: lazy(modelsScreen) },
  { route: "retrieval", name: "Retrieval", icon: ScanSearch, keys: "Alt 5", view: lazy(retrievalScreen) },
  { route: "compare", name: "Compare", icon: Scale, keys: "Alt 6", view: lazy(compareScreen) },
  { route: "evaluate", name: "Evaluate", icon: ChartNoAxesColumn, keys: "Alt 7", view: lazy(evaluateScreen) },
  { route: "settings", name: "Settings", icon: Settings2, keys: "Alt 4", view: lazy(settingsScreen), place: "end" },
  { route: "guide", name: "User guide", icon: BookOpen, keys: "F1", view: lazy(guideScreen), place: "hidden" },
];
