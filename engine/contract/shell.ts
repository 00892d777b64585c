/**
 * The few powers that the page has in the desktop shell and not in a browser; the preload puts them on the window as `lorekeepShell`. Nothing is
 * asked of the engine here: it is in the contract because the shell and the face share nothing else. `PageFile` is the page's `File`, which the
 * contract, having no DOM, does not know.
 */
export interface LorekeepShell<PageFile> {
  readonly kind: "electron";
  readonly platform: string;
  readonly version: string;
  /** Where a dropped or chosen file lies; "" for one that is not on disk. */
  pathForFile(file: PageFile): string;
  /** The system's dialog. Empty when a person cancels. */
  chooseFiles(options?: { folders?: boolean }): Promise<string[]>;
  /** Shows a file in the system's file manager. False where it is not there. */
  revealInFolder(path: string): Promise<boolean>;
  /** http(s) only, and only right after a click or key press. False where it was refused. */
  openExternal(url: string): Promise<boolean>;
  /** Makes the window's frame, menus and dialogs follow the page's theme. */
  setTheme(theme: "system" | "light" | "dark"): void;
  /** What a person chose from the menu. Returns how to stop listening. */
  onMenu(listener: (action: MenuAction) => void): () => void;
  /** Files and folders given on the command line or to a second start. Returns how to stop listening. */
  onOpenPaths(listener: (paths: string[]) => void): () => void;
}

export type MenuAction = "new-chat" | "find" | "add-files" | "add-folder" | "library" | "models" | "settings" | "guide" | "theme-system" | "theme-light" | "theme-dark";

/** Messages between the preload and the page, over window.postMessage. */
export const pageMessages = {
  /** Page to preload: it listens and wants a port. */
  ready: "lorekeep:ready",
  /** Preload to page, with the port: the engine is at its other end. A new one replaces the one before. */
  port: "lorekeep:port",
  /** Preload to page: the engine is gone, calls on its port will never be answered; a new port follows. */
  gone: "lorekeep:gone",
} as const;
