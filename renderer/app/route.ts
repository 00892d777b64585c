import { useSyncExternalStore } from "react";

/** Where in the app one is: `#/chat/CONVERSATION`, `#/library`, … The hash is the only state that survives a reload. */
export interface Route { readonly screen: string; readonly id?: string | undefined }

function parseRoute(hash: string): Route {
  const [screen = "", id] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { screen: screen || "chat", id: id || undefined };
}

export const hrefOf = (screen: string, id?: string): string => `#/${encodeURIComponent(screen)}${id ? `/${encodeURIComponent(id)}` : ""}`;

export function go(screen: string, id?: string, options: { replace?: boolean } = {}): void {
  const href = hrefOf(screen, id);
  if (href === window.location.hash) return;
  if (options.replace) window.location.replace(href);
  else window.location.hash = href;
}

const subscribe = (listener: () => void) => {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
};

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}
