import { app, BrowserWindow, dialog, ipcMain, nativeTheme, shell, type IpcMainEvent, type IpcMainInvokeEvent } from "electron";
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { createLinkOpener, isOurPage } from "./security.ts";
import { channels } from "./channels.ts";

/** Answers what the preload may ask. Every sender is checked: only the face's own main frame is listened to. */
export function answerPreload(options: { onPageReady: (window: BrowserWindow) => void }): void {
  const openLink = createLinkOpener();
  ipcMain.on(channels.ready, (event) => {
    const window = fromFace(event);
    if (window) options.onPageReady(window);
  });
  ipcMain.on(channels.theme, (event, theme: unknown) => {
    if (fromFace(event) && (theme === "system" || theme === "light" || theme === "dark")) nativeTheme.themeSource = theme;
  });
  ipcMain.handle(channels.choose, async (event, { folders }: { folders: boolean }) => {
    const window = fromFace(event);
    if (!window) return [];
    const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: [folders ? "openDirectory" : "openFile", "multiSelections"] });
    return canceled ? [] : filePaths;
  });
  ipcMain.handle(channels.reveal, (event, path: string) => {
    if (!fromFace(event) || !isAbsolute(path) || !existsSync(path)) return false;
    shell.showItemInFolder(path);
    return true;
  });
  ipcMain.handle(channels.external, (event, url: string) => (fromFace(event) ? openLink(url) : false));
}

/** The window whose face sent this; undefined for frames inside it, for anything else, and for a page that is gone. */
function fromFace(event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow | undefined {
  const frame = event.senderFrame;
  if (!frame || frame !== event.sender.mainFrame || !isOurPage(frame.url)) return undefined;
  return BrowserWindow.fromWebContents(event.sender) ?? undefined;
}

/** An engine that cannot start gives its page nothing to talk to, so this is said by the system. Returns whether to try again. */
export async function explainFailure(window: BrowserWindow | undefined, failure: { reason: string; next?: string }): Promise<boolean> {
  const options = { type: "error" as const, title: app.name, message: failure.reason, detail: failure.next ?? "", buttons: ["Try again", "Quit"], defaultId: 0, cancelId: 1 };
  const { response } = window && !window.isDestroyed() ? await dialog.showMessageBox(window, options) : await dialog.showMessageBox(options);
  return response === 0;
}
