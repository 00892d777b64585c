/** What the desktop shell's preload offers beyond the contract (electron/shell-api.ts). In a browser there is none of it. */
export interface LorekeepShell {
  readonly kind: "electron";
  readonly platform: string;
  readonly version: string;
  pathForFile(file: File): string;
  chooseFiles(options?: { folders?: boolean }): Promise<string[]>;
  revealInFolder(path: string): Promise<boolean>;
  /** http(s) only, right after a click. */
  openExternal(url: string): Promise<boolean>;
  setTheme(theme: "system" | "light" | "dark"): void;
  onMenu(listener: (action: MenuAction) => void): () => void;
  /** Files and folders given on the command line or to a second start. */
  onOpenPaths(listener: (paths: string[]) => void): () => void;
}

export type MenuAction = "new-chat" | "find" | "add-files" | "add-folder" | "library" | "models" | "settings" | "guide" | "theme-system" | "theme-light" | "theme-dark";

declare global {
  interface Window { readonly lorekeepShell?: LorekeepShell }
}

export const shell = (): LorekeepShell | undefined => window.lorekeepShell;

/** Opens an address outside, because a person clicked. */
export function openOutside(url: string): void {
  const host = shell();
  if (host) void host.openExternal(url);
  else window.open(url, "_blank", "noopener,noreferrer");
}
