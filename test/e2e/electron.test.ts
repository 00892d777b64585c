import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMachine, electronRuntime, startDisplay, type Display, type Machine } from "./electron-app.ts";

const runtime = electronRuntime();
const display: Display | undefined = runtime.path === undefined ? undefined : await startDisplay();
const missing = runtime.path === undefined ? runtime.why : display === undefined ? "no display, and Xvfb is not installed" : undefined;
afterAll(() => display?.stop());

if (missing !== undefined) test("the shell in a real Electron", ({ skip }) => skip(missing));

const status = (page: Page) => page.evaluate(() => window.page.client?.system.status());
const enginePid = (machine: Machine) => machine.processes().find(({ command }) => /child\.mjs .*engine-host|Lorekeep engine/.test(command))?.pid;

describe.skipIf(missing !== undefined)("the shell in a real Electron", () => {
  const newMachine = (sandboxed = false) => createMachine({ runtime: String(runtime.path), display: display as Display, sandboxed });

  describe("security, with Chromium's sandbox on", () => {
    let machine: Machine;
    let electron: ElectronApplication;
    let page: Page;
    let outside: Server;
    let reached: string[];

    beforeAll(async () => {
      outside = createServer((request, response) => {
        reached.push(String(request.url));
        response.end("outside");
      }).listen(0, "127.0.0.1");
      reached = [];
      machine = await newMachine(true);
      ({ electron, page } = await machine.launch());
      await electron.evaluate(({ shell }) => {
        const opened: string[] = [];
        Object.assign(globalThis, { opened });
        shell.openExternal = (url: string) => (opened.push(url), Promise.resolve());
      });
    });
    afterAll(async () => {
      await electron?.close();
      machine?.remove();
      outside?.close();
    });
    const address = () => `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const opened = () => electron.evaluate(() => (globalThis as unknown as { opened: string[] }).opened.splice(0));

    test("the face comes from app:// under the product's policy", async () => {
      expect(page.url()).toBe("app://lorekeep/index.html");
      expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe("rgb(1, 2, 3)");
      const policy = await page.evaluate(async () => (await fetch("/index.html")).headers.get("content-security-policy"));
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
    });

    test("the renderer runs in the sandbox, isolated", async () => {
      const preferences = await electron.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
        const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } = contents.getLastWebPreferences();
        return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity };
      });
      expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, webSecurity: true });
      const renderers = machine.processes().filter(({ command }) => command.includes("--type=renderer"));
      expect(renderers.length).toBeGreaterThan(0);
      for (const { command } of renderers) expect(command).not.toContain("--no-sandbox");
    });

    test.each(["require", "process", "module", "global", "Buffer", "__dirname", "ipcRenderer", "electron"])("the page has no %s", async (name) => {
      expect(await page.evaluate((global) => typeof (globalThis as Record<string, unknown>)[global], name)).toBe("undefined");
    });

    test("the page has the shell's few powers and no more", async () => {
      const powers = await page.evaluate(() => Object.keys(window.lorekeepShell).sort());
      expect(powers).toEqual(["chooseFiles", "kind", "onMenu", "onOpenPaths", "openExternal", "pathForFile", "platform", "revealInFolder", "setTheme", "version"]);
    });

    /** A person's click. Playwright's own page.click() waits for navigations that were refused. */
    const click = async (selector: string) => {
      const { x, y } = await page.evaluate((asked) => document.querySelector(asked)?.getBoundingClientRect().toJSON() as { x: number; y: number }, selector);
      await page.mouse.click(x + 5, y + 5);
    };

    test("a web link opens in the browser when it is clicked, and only then", async () => {
      await page.evaluate(() => document.querySelector<HTMLElement>("#web")?.click());
      await page.waitForTimeout(100);
      expect(await opened(), "a click made by a script").toEqual([]);
      await click("#web");
      await expect.poll(opened).toEqual(["https://example.com/"]);
      await page.waitForTimeout(1000); // One link a second.
      await click("#blank");
      await expect.poll(opened).toEqual(["https://example.com/"]);
      await page.waitForTimeout(1000);
      await click("#file");
      for (const url of ["file:///etc/passwd", "javascript:alert(1)", "smb://host/share", "https://user:pass@example.com/", "not an address"]) {
        expect(await page.evaluate((link) => window.lorekeepShell.openExternal(link), url)).toBe(false);
      }
      expect(await opened()).toEqual([]);
      expect(page.url()).toBe("app://lorekeep/index.html");
    });

    test("a message that is no call does not harm the engine", async () => {
      const before = await status(page);
      await page.evaluate(() => new Promise<void>((resolve) => {
        const harm = (event: MessageEvent) => {
          if (!event.ports[0]) return;
          removeEventListener("message", harm);
          for (const garbage of ["not json", "null", "{}", '{"i":"1","p":{"u":"::"}}', { i: "1", p: null }, new Uint8Array([255]), 7]) event.ports[0].postMessage(garbage);
          setTimeout(resolve, 200);
        };
        addEventListener("message", harm);
        window.postMessage({ type: "lorekeep:ready" }, location.origin);
      }));
      expect((await status(page))?.node).toBe(before?.node);
      expect(await page.evaluate(() => window.page.gone)).toBe(0);
    });

    test.each<[string, (target: string) => unknown]>([
      ["location", (target) => void (location.href = target)],
      ["location.replace", (target) => location.replace(target)],
      ["a form", (target) => { const form = document.createElement("form"); form.action = target; document.body.append(form); form.submit(); form.remove(); }],
      ["a refresh", (target) => { const meta = document.createElement("meta"); meta.httpEquiv = "refresh"; meta.content = `0;url=${target}`; document.head.append(meta); }],
      ["file:", () => void (location.href = "file:///etc/passwd")],
      ["data:", () => void (location.href = "data:text/html,hello")],
      ["javascript:", () => void (location.href = "javascript:document.title='run'")],
      ["window.open", (target) => window.open(target)],
      ["window.open of our own page", () => window.open("/index.html")],
      ["window.open of nothing", () => window.open("about:blank")],
      ["a frame", (target) => { const frame = document.createElement("iframe"); frame.src = target; document.body.append(frame); }],
      ["an image", (target) => { new Image().src = `${target}/image.png`; }],
      ["a style sheet", (target) => { const link = document.createElement("link"); link.rel = "stylesheet"; link.href = target; document.head.append(link); }],
      ["a prefetch", (target) => { const link = document.createElement("link"); link.rel = "prefetch"; link.href = target; document.head.append(link); }],
      ["fetch", (target) => fetch(target).catch(() => undefined)],
      ["a beacon", (target) => navigator.sendBeacon(target, "x")],
      ["an event source", (target) => { new EventSource(target); }],
      ["a socket", (target) => { new WebSocket(target.replace("http", "ws")); }],
      ["a remote script", (target) => { const script = document.createElement("script"); script.src = target; document.head.append(script); }],
      ["an inline script", () => { const script = document.createElement("script"); script.textContent = "document.title='run'"; document.head.append(script); }],
      ["a web worker from a blob", () => { new Worker(URL.createObjectURL(new Blob(["1"]))); }],
    ])("%s leads nowhere", async (_, attempt) => {
      reached.length = 0;
      // A refused attempt may throw or not; what counts is where it led.
      await page.evaluate(`try { void (${attempt.toString()})(${JSON.stringify(address())}) } catch {}`);
      await page.waitForTimeout(150);
      expect(reached).toEqual([]);
      expect(page.url()).toBe("app://lorekeep/index.html");
      // Playwright's own page.title() waits for navigations that were refused.
      expect(await page.evaluate(() => document.title)).toBe("Test page");
      expect(electron.windows()).toHaveLength(1);
      expect(page.frames().filter((frame) => !/^(app:\/\/lorekeep\/|about:blank$|chrome-error:|$)/.test(frame.url()))).toEqual([]);
      expect(await opened()).toEqual([]);
      expect(await status(page), "the page still has its engine").toMatchObject({ host: "electron" });
    });

    test("code from strings is refused", async () => {
      // page.evaluate is not under the page's policy; a function made inside the page is.
      expect(await page.evaluate(() => new Promise((resolve) => {
        addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI), { once: true });
        setTimeout("document.title='run'", 0);
        setTimeout(() => resolve("ran"), 500);
      }))).toBe("eval");
    });

    test("even past the page's policy, the session lets nothing out", async () => {
      reached.length = 0;
      const outcome = await electron.evaluate(({ net, BrowserWindow }, target) => new Promise<string>((resolve) => {
        const request = net.request({ url: target, session: BrowserWindow.getAllWindows()[0]?.webContents.session as Electron.Session });
        request.on("error", (error) => resolve(error.message));
        request.on("response", () => resolve("answered"));
        request.end();
      }), address());
      expect(outcome).toContain("BLOCKED_BY_CLIENT");
      expect(reached).toEqual([]);
    });

    test.each(["notifications", "geolocation", "camera", "microphone", "clipboard-read", "midi", "persistent-storage"])("%s is denied", async (name) => {
      const state = await page.evaluate(async (permission) => (await navigator.permissions.query({ name: permission as PermissionName })).state, name);
      expect(state).toBe("denied");
    });

    test("asking for a camera, a place or a notification fails", async () => {
      expect(await page.evaluate(() => navigator.mediaDevices.getUserMedia({ video: true }).then(() => "given", (error: Error) => error.name))).toMatch(/NotAllowedError|NotFoundError/);
      expect(await page.evaluate(() => new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve("given"), (error) => resolve(error.code))))).toBe(1);
      expect(await page.evaluate(() => Notification.requestPermission())).toBe("denied");
    });

    test.each(["/../package.json", "/%2e%2e/package.json", "/..%2f..%2fpackage.json", "/assets/%2e%2e%5c..%5cpackage.json", "/.hidden", "/nothing.js", "/assets"])("app:// has no %s", async (path) => {
      expect(await page.evaluate((asked) => fetch(`app://lorekeep${asked}`).then(({ status }) => status, () => "refused"), path)).toBe(404);
    });
  });

  describe("life", () => {
    let machine: Machine;
    let electron: ElectronApplication;
    let page: Page;
    beforeAll(async () => {
      machine = await newMachine();
      ({ electron, page } = await machine.launch());
    });
    afterAll(async () => {
      await electron?.close();
      machine?.remove();
    });

    test("the engine answers through its own port", async () => {
      expect(await status(page)).toMatchObject({ host: "electron", workspace: machine.workspace });
    });

    test("the engine's workers run: a document is read, embedded and found", async () => {
      const file = join(machine.folder, "harbour.md");
      writeFileSync(file, "# Harbour rules\n\nThe harbour master opens the northern lock at half past six every morning.\n");
      const hits = await page.evaluate(async (path) => {
        const { client } = window.page;
        await client?.documents.add({ paths: [path] });
        await client?.queue.idle();
        return (await client?.search.query({ text: "When is the lock opened?" }))?.hits.map((hit) => hit.passage.text);
      }, file);
      expect(hits?.[0]).toContain("half past six");
      const workers = (await status(page))?.workers.filter(({ state }) => state === "ready") ?? [];
      expect(workers.map(({ name }) => name)).toContain("embedder");
      for (const { pid } of workers) expect(machine.processes().map((found) => found.pid)).toContain(pid);
    });

    test("a killed worker is started again by the next call", async () => {
      const pid = (await status(page))?.workers.find(({ name }) => name === "embedder")?.pid;
      process.kill(Number(pid), "SIGKILL");
      await expect.poll(async () => (await status(page))?.workers.find(({ name }) => name === "embedder")?.pid).not.toBe(pid);
      expect(await page.evaluate(async () => (await window.page.client?.search.query({ text: "lock" }))?.hits.length)).toBe(1);
    });

    test("after a reload the page is connected again", async () => {
      await page.reload();
      await page.waitForFunction(() => window.page?.client !== undefined);
      expect(await status(page)).toMatchObject({ host: "electron" });
    });

    test("a killed engine is told to the page, started again, and answers", async () => {
      const first = enginePid(machine);
      expect(first).toBeTypeOf("number");
      process.kill(Number(first), "SIGKILL");
      await page.waitForFunction(() => window.page.gone === 1 && window.page.client !== undefined, undefined, { timeout: 20_000 });
      expect(await status(page)).toMatchObject({ host: "electron" });
      expect(enginePid(machine)).not.toBe(first);
    });

    test("the menu reaches the page", async () => {
      await electron.evaluate(({ Menu, BrowserWindow }) => {
        const find = (label: string, menu = Menu.getApplicationMenu()): Electron.MenuItem | undefined =>
          menu?.items.flatMap((item) => (item.label === label ? [item] : item.submenu ? [find(label, item.submenu)] : [])).find((item) => item !== undefined);
        for (const label of ["New Chat", "Add Files…", "Settings…", "Dark"]) find(label)?.click(undefined, BrowserWindow.getAllWindows()[0]);
      });
      await expect.poll(() => page.evaluate(() => window.page.menu)).toEqual(["new-chat", "add-files", "settings", "theme-dark"]);
    });

    test("a dropped file's path is known to the page", async () => {
      const file = join(machine.folder, "dropped file.txt");
      writeFileSync(file, "x");
      await page.setInputFiles("#file-input", file);
      const path = await page.evaluate(() => {
        const chosen = document.querySelector<HTMLInputElement>("#file-input")?.files?.[0];
        return chosen && window.lorekeepShell.pathForFile(chosen);
      });
      expect(path).toBe(file);
    });

    test("a second start brings the first to the front, gives it its files, and ends", async () => {
      const file = join(machine.folder, "to add.txt");
      writeFileSync(file, "x");
      await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
      const second = machine.start([file]);
      const code = await new Promise((resolve) => second.once("exit", resolve));
      expect(code).toBe(0);
      await expect.poll(() => page.evaluate(() => window.page.paths)).toEqual([file]);
      expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isMinimized()))).toEqual([false]);
    });
  });

  test("the window comes back where it was, no process stays behind, and the workspace is free again", async () => {
    const machine = await newMachine();
    const first = await machine.launch();
    await first.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 100, y: 80, width: 900, height: 600 }));
    await first.page.waitForTimeout(200);
    await first.electron.close();
    await expect.poll(() => machine.processes(), { timeout: 10_000 }).toEqual([]);
    const second = await machine.launch();
    const bounds = await second.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    expect(bounds).toMatchObject({ width: 900, height: 600 });
    // Closing the window ends the app, as a person does it; only Playwright's debugger still holds the main process then.
    await second.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(() => enginePid(machine), { timeout: 10_000 }).toBeUndefined();
    await second.electron.close();
    await expect.poll(() => machine.processes(), { timeout: 10_000 }).toEqual([]);
    machine.remove();
  });

  test("a shell that is killed leaves no process behind", async () => {
    const machine = await newMachine();
    const { electron } = await machine.launch();
    electron.process().kill("SIGKILL");
    await expect.poll(() => machine.processes(), { timeout: 10_000 }).toEqual([]);
    machine.remove();
  });

  test("a workspace that is open elsewhere is explained, not fought over", async () => {
    const machine = await newMachine();
    const { openWorkspace } = await import("../../engine/settings/workspace.ts");
    const held = await openWorkspace(machine.workspace, "serve");
    const child = machine.start(["--remote-debugging-port=0"]);
    const log = join(machine.workspace, "open-in.json");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(child.exitCode, "it waits for an answer to its dialog").toBeNull();
    expect(JSON.parse(readFileSync(log, "utf8"))).toMatchObject({ host: "serve", pid: process.pid });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    await held.dispose();
    await expect.poll(() => machine.processes(), { timeout: 10_000 }).toEqual([]);
    machine.remove();
  });
});
