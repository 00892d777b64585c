import { app, shell, type Session, type WebContents } from "electron";
import { appOrigin } from "./protocol.ts";

/** An address of the web that a person may be sent to: http(s), no name and password in it. */
export function isWebLink(address: string): boolean {
  try {
    const { protocol, username, password } = new URL(address);
    return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
  } catch {
    return false; // Not an address at all.
  }
}

export const isOurPage = (address: string): boolean => address === appOrigin || address.startsWith(`${appOrigin}/`);

/** Before the app is ready: Chromium itself has no reason to reach anything. The engine's own network is another process's. */
export function closeChromiumNetwork(): void {
  for (const name of ["disable-background-networking", "disable-component-update", "disable-domain-reliability", "no-pings", "dns-prefetch-disable"]) app.commandLine.appendSwitch(name);
  app.commandLine.appendSwitch("host-resolver-rules", "MAP * ~NOTFOUND");
}

/** No permission, no remote request, no device; downloads only of what the page itself made (an exported conversation). */
export function guardSession(session: Session): void {
  // Writing plain text on a click is what a copy button does; reading the clipboard stays denied.
  const allowed = (permission: string) => permission === "clipboard-sanitized-write";
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(allowed(permission)));
  session.setPermissionCheckHandler((_contents, permission) => allowed(permission));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false); // It would fetch dictionaries.
  session.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !/^(app|devtools|blob|data):/.test(details.url) }));
  session.on("will-download", (event, item) => {
    if (!/^(blob:app:\/\/lorekeep\/|data:)/.test(item.getURL())) event.preventDefault();
  });
}

/** A page stays the face: no going elsewhere, no windows, no frames of another kind. */
export function guardContents(contents: WebContents): void {
  // Electron before 22 gives the address as a second argument only.
  contents.on("will-navigate", (event, address: string = event.url) => {
    if (!isOurPage(address)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
  contents.setWebRTCIPHandlingPolicy("disable_non_proxied_udp");
}

/** Sends a person to the browser, at most once a second: the preload asks only after a click, and a page gone wrong cannot open a hundred. */
export function createLinkOpener(): (address: string) => Promise<boolean> {
  let last = 0;
  return async (address) => {
    if (!isWebLink(address) || Date.now() - last < 1000) return false;
    last = Date.now();
    await shell.openExternal(address);
    return true;
  };
}
