/** What the desktop shell's preload offers beyond the contract. In a browser there is none of it. */
export interface LorekeepShell {
  readonly kind: "electron";
  readonly platform: string;
  readonly version: string;
  pathForFile(file: File): string;
  chooseFiles(options: { folders: boolean }): Promise<string[]>;
  revealInFolder(path: string): void | Promise<void>;
  openExternal(url: string): void | Promise<void>;
  /** The application menu's commands, by name. Returns a function that stops listening. */
  onMenu(callback: (command: string) => void): (() => void) | void;
}

declare global {
  interface Window { readonly lorekeepShell?: LorekeepShell }
}

export const shell = (): LorekeepShell | undefined => window.lorekeepShell;
