import type { LorekeepShell } from "../../engine/contract/shell.ts";

declare global {
  interface Window { readonly lorekeepShell?: LorekeepShell<File> }
}

/** What the desktop shell offers beyond the contract. In a browser there is none of it. */
export const shell = (): LorekeepShell<File> | undefined => window.lorekeepShell;

/** Opens an address outside, because a person clicked. */
export function openOutside(url: string): void {
  const host = shell();
  if (host) void host.openExternal(url);
  else window.open(url, "_blank", "noopener,noreferrer");
}
