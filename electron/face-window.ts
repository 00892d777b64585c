import { MessageChannelMain, type BrowserWindow, type MessagePortMain } from "electron";
import type { MenuAction } from "../engine/contract/shell.ts";
import { channels } from "./channels.ts";

export interface FaceWindowOptions {
  readonly open: () => BrowserWindow;
  /** Hands one end of a channel to the engine. False where there is none now. */
  readonly connectEngine: (port: MessagePortMain) => boolean;
}

/** The one window of the face: brings it up, and gives its page a port to the engine whenever either of them is new. */
export class FaceWindow {
  private window: BrowserWindow | undefined;
  /** The page has said that it listens. A reload says so again. */
  private listening = false;
  private waiting: string[] = [];
  private waitingActions: MenuAction[] = [];
  private readonly options: FaceWindowOptions;

  constructor(options: FaceWindowOptions) {
    this.options = options;
  }

  get current(): BrowserWindow | undefined {
    return this.window;
  }

  /** In front of everything, opened again if it was closed. */
  show(): void {
    if (!this.window) {
      const window = this.options.open();
      window.once("closed", () => {
        this.window = undefined;
        this.listening = false;
      });
      this.window = window;
      return;
    }
    if (this.window.isMinimized()) this.window.restore();
    this.window.show();
    this.window.focus();
  }

  /** The page listens: it gets its port, and what came before it. */
  pageReady(): void {
    this.listening = true;
    this.connect();
    this.addPaths([]);
    for (const action of this.waitingActions.splice(0)) this.act(action);
  }

  /** A channel of the page's own to the engine; main keeps neither end. */
  connect(): void {
    if (!this.window || !this.listening) return;
    const { port1, port2 } = new MessageChannelMain();
    if (this.options.connectEngine(port1)) this.window.webContents.postMessage(channels.port, null, [port2]);
  }

  engineGone(): void {
    this.window?.webContents.send(channels.gone);
  }

  act(action: MenuAction): void {
    this.show();
    // On a Mac the menu is there without a window; a fresh one hears of the choice when it listens.
    if (this.window && this.listening) this.window.webContents.send(channels.menu, action);
    else this.waitingActions.push(action);
  }

  addPaths(paths: readonly string[]): void {
    this.waiting.push(...paths);
    if (!this.window || !this.listening || this.waiting.length === 0) return;
    this.window.webContents.send(channels.paths, this.waiting);
    this.waiting = [];
  }
}
