/** The only code between the page and the shell. It hands over the engine's port and a few powers; the page gets no Electron object. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from "electron";
import { pageMessages, type LorekeepShell, type MenuAction } from "../engine/contract/shell.ts";
import { channels } from "./channels.ts";

const version = process.argv.find((argument) => argument.startsWith("--lorekeep-version="))?.split("=")[1] ?? "";

/** What main says on a channel, kept while nobody in the page listens: the page asks for its port before it has drawn anything. */
function hear<T>(channel: string): (listener: (value: T) => void) => () => void {
  const listeners = new Set<(value: T) => void>();
  const waiting: T[] = [];
  ipcRenderer.on(channel, (_event: IpcRendererEvent, value: T) => {
    if (listeners.size === 0) waiting.push(value);
    for (const listener of listeners) listener(value);
  });
  return (listener) => {
    listeners.add(listener);
    for (const value of waiting.splice(0)) listener(value);
    return () => void listeners.delete(listener);
  };
}

/** True within a few seconds of a person's click or key press in this page; no script can set it. */
const personActed = () => navigator.userActivation.isActive;

const openExternal = async (url: string): Promise<boolean> => personActed() && ((await ipcRenderer.invoke(channels.external, String(url))) as boolean);

const shell: LorekeepShell<File> = {
  kind: "electron",
  platform: process.platform,
  version,
  // Electron before 29 puts the path on the file itself.
  pathForFile: (file) => webUtils?.getPathForFile?.(file) ?? (file as { path?: string }).path ?? "",
  chooseFiles: (options) => ipcRenderer.invoke(channels.choose, { folders: options?.folders === true }) as Promise<string[]>,
  revealInFolder: (path) => ipcRenderer.invoke(channels.reveal, String(path)) as Promise<boolean>,
  openExternal,
  setTheme: (theme) => ipcRenderer.send(channels.theme, theme),
  onMenu: hear<MenuAction>(channels.menu),
  onOpenPaths: hear<string[]>(channels.paths),
};
contextBridge.exposeInMainWorld("lorekeepShell", shell);

window.addEventListener("message", (event) => {
  if (event.source === window && (event.data as { type?: unknown } | null)?.type === pageMessages.ready) ipcRenderer.send(channels.ready);
});
ipcRenderer.on(channels.port, (event) => window.postMessage({ type: pageMessages.port }, location.origin, event.ports));
ipcRenderer.on(channels.gone, () => window.postMessage({ type: pageMessages.gone }, location.origin));

// An ordinary link in the page opens in the browser, when a person clicks it.
window.addEventListener("click", (event) => {
  const link = event.isTrusted && event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || !/^https?:/.test(link.href)) return;
  event.preventDefault();
  void openExternal(link.href);
});
