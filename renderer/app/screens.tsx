import { BookOpen, Box, Library, MessagesSquare, Scale, ScanSearch, Settings2, type LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import { ChatScreen } from "../chat/ChatScreen.tsx";
import { CompareScreen } from "../compare/CompareScreen.tsx";
import { RetrievalScreen } from "../evaluation/RetrievalScreen.tsx";
import { GuideScreen } from "../guide/GuideScreen.tsx";
import { LibraryScreen } from "../library/LibraryScreen.tsx";
import { ModelsScreen } from "../models/ModelsScreen.tsx";
import { SettingsScreen } from "../settings/SettingsScreen.tsx";

/** A place in the rail. `id` is the second part of the route (a conversation, a document, a section). */
export interface Screen { readonly route: string; readonly name: string; readonly icon: LucideIcon; readonly keys: string; readonly view: ComponentType<{ id: string | undefined }>; /** Stands at the bottom of the rail; "hidden" is reached by its keys, links and the menu. */ readonly place?: "end" | "hidden" }

export const screens: readonly Screen[] = [
  { route: "chat", name: "Chat", icon: MessagesSquare, keys: "Alt 1", view: ChatScreen },
  { route: "library", name: "Library", icon: Library, keys: "Alt 2", view: LibraryScreen },
  { route: "models", name: "Models", icon: Box, keys: "Alt 3", view: ModelsScreen },
  { route: "retrieval", name: "Retrieval", icon: ScanSearch, keys: "Alt 5", view: RetrievalScreen },
  { route: "compare", name: "Compare", icon: Scale, keys: "Alt 6", view: CompareScreen },
  { route: "settings", name: "Settings", icon: Settings2, keys: "Alt 4", view: SettingsScreen, place: "end" },
  { route: "guide", name: "User guide", icon: BookOpen, keys: "F1", view: GuideScreen, place: "hidden" },
];
