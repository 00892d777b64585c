import { app, Menu, shell, type MenuItemConstructorOptions, type WebContents } from "electron";
import type { MenuAction } from "../engine/contract/shell.ts";
import { isWebLink } from "./security.ts";

export interface MenuOptions {
  /** Sends a choice to the page. */
  readonly act: (action: MenuAction) => void;
}

/** The application menu: the system's standard items, and the face's own commands where a person looks for them. */
export function installMenu({ act }: MenuOptions): void {
  const mac = process.platform === "darwin";
  const item = (label: string, action: MenuAction, accelerator?: string): MenuItemConstructorOptions => ({ label, click: () => act(action), ...(accelerator === undefined ? {} : { accelerator }) });
  const separator: MenuItemConstructorOptions = { type: "separator" };
  const settings = item("Settings…", "settings", "CmdOrCtrl+,");
  const appMenu: MenuItemConstructorOptions = {
    label: app.name,
    submenu: [{ role: "about" }, separator, settings, separator, { role: "services" }, separator, { role: "hide" }, { role: "hideOthers" }, { role: "unhide" }, separator, { role: "quit" }],
  };
  const file: MenuItemConstructorOptions = {
    label: "&File",
    submenu: [
      item("New Chat", "new-chat", "CmdOrCtrl+N"), separator,
      item("Add Files…", "add-files", "CmdOrCtrl+O"), item("Add Folder…", "add-folder", "CmdOrCtrl+Shift+O"), separator,
      ...(mac ? [{ role: "close" as const }] : [settings, separator, { role: "quit" as const }]),
    ],
  };
  const edit: MenuItemConstructorOptions = {
    label: "&Edit",
    submenu: [{ role: "undo" }, { role: "redo" }, separator, { role: "cut" }, { role: "copy" }, { role: "paste" }, { role: "pasteAndMatchStyle" }, { role: "selectAll" }, separator, item("Search Conversations", "find", "CmdOrCtrl+F")],
  };
  const view: MenuItemConstructorOptions = {
    label: "&View",
    submenu: [
      item("Library", "library"), item("Models", "models"), separator,
      { label: "Appearance", submenu: [item("System", "theme-system"), item("Light", "theme-light"), item("Dark", "theme-dark")] }, separator,
      { role: "resetZoom" }, { role: "zoomIn" }, { role: "zoomOut" }, separator,
      { role: "togglefullscreen" }, { role: "reload" }, ...(app.isPackaged ? [] : [{ role: "toggleDevTools" as const }]),
    ],
  };
  const help: MenuItemConstructorOptions = {
    role: "help",
    submenu: [item("User Guide", "guide", mac ? undefined : "F1"), ...(mac ? [] : [{ role: "about" as const }])],
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate([...(mac ? [appMenu] : []), file, edit, view, ...(mac ? [{ role: "windowMenu" as const }] : []), help]));
}

/** The menu of the right mouse button: editing where one can edit, copying where something is selected. */
export function installContextMenu(contents: WebContents): void {
  contents.on("context-menu", (_event, { isEditable, selectionText, editFlags, linkURL }) => {
    const items: MenuItemConstructorOptions[] = [];
    if (isEditable) {
      items.push({ role: "undo", enabled: editFlags.canUndo }, { role: "redo", enabled: editFlags.canRedo }, { type: "separator" }, { role: "cut", enabled: editFlags.canCut }, { role: "copy", enabled: editFlags.canCopy }, { role: "paste", enabled: editFlags.canPaste }, { type: "separator" }, { role: "selectAll" });
    } else if (selectionText.trim() !== "") items.push({ role: "copy" });
    if (isWebLink(linkURL)) items.push({ label: "Open Link in Browser", click: () => void shell.openExternal(linkURL) });
    if (items.length > 0) Menu.buildFromTemplate(items).popup();
  });
}
