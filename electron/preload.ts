/** The only code between the page and the shell. It hands over the engine's port and a few powers; the page gets no Electron object. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from "electron";
import { channels, pageMessages, type LorekeepShell } from "./shell-api.ts";

const version = process.argv.find((argument) => argument.startsWith("--lorekeep-version="))?.split("=")[1] ?? "";

function listen<T>(channel: string, listener: (value: T) => void): () => void {
  const heard = (_event: IpcRendererEvent, value: T) => listener(value);
  ipcRenderer.on(channel, heard);
  return () => void ipcRenderer.off(channel, heard);
}

/** True within a few seconds of a person's click or key press in this page; no script can set it. */
const personActed = () => navigator.userActivation.isActive;

const openExternal = async (url: string): Promise<boolean> => personActed() && ((await ipcRenderer.invoke(channels.external, String(url))) as boolean);

const shell: LorekeepShell = {
  kind: "electron",
  platform: process.platform,
  version,
  // Electron before 29 puts the path on the file itself.
  pathForFile: (file) => webUtils?.getPathForFile?.(file) ?? (file as { path?: string }).path ?? "",
  chooseFiles: (options) => ipcRenderer.invoke(channels.choose, { folders: options?.folders === true }) as Promise<string[]>,
  revealInFolder: (path) => ipcRenderer.invoke(channels.reveal, String(path)) as Promise<boolean>,
  openExternal,
  setTheme: (theme) => ipcRenderer.send(channels.theme, theme),
  onMenu: (listener) => listen(channels.menu, listener),
  onOpenPaths: (listener) => listen(channels.paths, listener),
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
