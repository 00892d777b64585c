import { os } from "../contract/server.ts";
import type { SettingsStore } from "./settings.ts";

export function settingsRoutes(store: SettingsStore) {
  return {
    get: os.settings.get.handler(() => store.value),
    update: os.settings.update.handler(({ input }) => store.update(input)),
  };
}
