/** The shell: one window on one workspace, the engine in a process of its own, and a port between the two. */
import { app, BrowserWindow, dialog, session } from "electron";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readArguments, workspaceKey } from "./arguments.ts";
import { EngineProcess } from "./engine-process.ts";
import { FaceWindow } from "./face-window.ts";
import { answerPreload, explainFailure } from "./ipc.ts";
import { installContextMenu, installMenu } from "./menu.ts";
import { chooseFork } from "./processes.ts";
import { registerScheme, serveScheme } from "./protocol.ts";
import { closeChromiumNetwork, guardContents, guardSession } from "./security.ts";
import { openWindow } from "./window.ts";

const root = app.getAppPath();
const built = join(root, "out");
const resources = app.isPackaged ? process.resourcesPath : root;
const given = readArguments(process.argv.slice(1), { cwd: process.cwd(), appPath: root, environment: process.env });

// Chromium's files and its single-instance lock go by workspace: two workspaces may be open, one workspace only once.
app.setName("Lorekeep");
app.setPath("userData", join(app.getPath("appData"), "Lorekeep Window", workspaceKey(given.workspace)));
if (app.requestSingleInstanceLock({ paths: given.paths })) run();
else app.quit(); // The first one comes to the front and takes the paths.

function run(): void {
  // As root, Chromium runs without its sandbox only, and asking for it would then crash its network service again and again.
  if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
  closeChromiumNetwork();
  registerScheme();
  const engine: EngineProcess = new EngineProcess({
    fork: chooseFork(),
    entry: join(built, "electron", "engine-host.mjs"),
    workersFolder: join(built, "workers"),
    start: { workspace: given.workspace, resources, version: app.getVersion() },
    onStarted: () => face.connect(),
    onGone: () => face.engineGone(),
    onFailed: (failure) => void explainFailure(face.current, failure).then((again) => (again ? engine.start() : app.quit())),
  });
  const face: FaceWindow = new FaceWindow({ open: openFaceWindow, connectEngine: (port) => engine.connectPage(port) });
  face.addPaths(given.paths);
  answerPreload({ onPageReady: () => face.pageReady() });
  followApp(face);
  quitCleanly(engine);
  app.whenReady().then(() => {
    guardSession(session.defaultSession);
    serveScheme(join(built, "renderer"));
    installMenu({ act: (action) => face.act(action) });
    engine.start();
    face.show();
  }).catch((error: unknown) => {
    dialog.showErrorBox("Lorekeep could not start", error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
}

const present = (path: string): string | undefined => (existsSync(path) ? path : undefined);

function openFaceWindow(): BrowserWindow {
  const icon = present(join(root, "electron", "resources", "icon.png"));
  return openWindow({
    preload: join(built, "electron", "preload.cjs"),
    stateFile: join(app.getPath("userData"), "window.json"),
    version: app.getVersion(),
    ...(icon === undefined ? {} : { icon }),
  });
}

function followApp(face: FaceWindow): void {
  app.on("web-contents-created", (_event, contents) => {
    guardContents(contents);
    installContextMenu(contents);
  });
  app.on("second-instance", (_event, _argv, _cwd, data) => {
    face.show();
    face.addPaths((data as { paths?: string[] } | null)?.paths ?? []);
  });
  app.on("open-file", (event, path) => {
    event.preventDefault();
    face.addPaths([path]);
  });
  app.on("activate", () => face.show());
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });
}

/** The engine closes its files before the app ends, and no process stays behind. */
function quitCleanly(engine: EngineProcess): void {
  let state: "running" | "closing" | "closed" = "running";
  app.on("before-quit", (event) => {
    if (state === "closed") return;
    event.preventDefault();
    if (state === "closing") return;
    state = "closing";
    for (const window of BrowserWindow.getAllWindows()) window.close();
    void engine.stop().finally(() => {
      state = "closed";
      app.quit();
    });
  });
  // A session that ends, or Ctrl-C in the terminal that started us.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => app.quit());
}
