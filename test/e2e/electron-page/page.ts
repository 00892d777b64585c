/**
 * The smallest page that talks to the engine the way the face does: says that it listens, takes ports, drops them when the engine is gone.
 * Served through app:// by the tests, under the product's policy.
 */
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { EngineClient } from "../../../engine/contract/index.ts";
import { pageMessages, type LorekeepShell } from "../../../engine/contract/shell.ts";

interface TestPage {
  client: EngineClient | undefined;
  ports: number;
  gone: number;
  menu: string[];
  paths: string[];
  violations: string[];
}
declare global {
  interface Window {
    page: TestPage;
    lorekeepShell: LorekeepShell<File>;
  }
}

const page: TestPage = { client: undefined, ports: 0, gone: 0, menu: [], paths: [], violations: [] };
window.page = page;
document.addEventListener("securitypolicyviolation", (event) => page.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
window.lorekeepShell.onMenu((action) => page.menu.push(action));
window.lorekeepShell.onOpenPaths((paths) => page.paths.push(...paths));
window.addEventListener("message", (event) => {
  if (event.source !== window) return;
  const { type } = event.data as { type: string };
  if (type === pageMessages.gone) {
    page.gone++;
    page.client = undefined;
  }
  const port = event.ports[0];
  if (type !== pageMessages.port || !port) return;
  page.ports++;
  page.client = createORPCClient(new RPCLink({ port }));
  port.start();
  // Electron 22 crashes a page that goes away while something listens to its port's "close".
  addEventListener("pagehide", () => port.close());
});
window.postMessage({ type: pageMessages.ready }, location.origin);
