import { BrowserWindow, nativeTheme, screen } from "electron";
import { appOrigin } from "./protocol.ts";
import { fitToDisplays, readWindowState, smallest, writeWindowState } from "./window-state.ts";

export interface WindowOptions {
  readonly preload: string;
  /** Told to the page. */
  readonly version: string;
  readonly icon?: string;
  /** Where its place on the screen is remembered. */
  readonly stateFile: string;
}

/** The window, where it was last time, showing the face. */
export function openWindow({ preload, version, icon, stateFile }: WindowOptions): BrowserWindow {
  const { maximized, ...bounds } = fitToDisplays(readWindowState(stateFile), [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display) => display.workArea));
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: "Lorekeep",
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? "#16161a" : "#ffffff",
    ...(icon === undefined ? {} : { icon }),
    webPreferences: {
      preload,
      additionalArguments: [`--lorekeep-version=${version}`],
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  window.on("close", () => {
    try {
      writeWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
    } catch (error) {
      console.error("The window's place was not kept", error); // A full disk is no reason to frighten somebody who closes a window.
    }
  });
  // A page that crashed shows nothing at all; the engine goes on, so a fresh page is a whole recovery.
  window.webContents.on("render-process-gone", (_event, { reason }) => {
    if (reason !== "clean-exit" && !window.isDestroyed()) window.webContents.reload();
  });
  window.loadURL(`${appOrigin}/index.html`).catch((error: unknown) => console.error("The window's page did not load", error));
  return window;
}
