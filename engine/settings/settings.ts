import { join } from "node:path";
import type { z } from "zod";
import { JsonStore, type SetAside } from "../base/json-store.ts";
import { settings, type Settings, type settingsPatch } from "../contract/settings.ts";

export type SettingsPatch = z.infer<typeof settingsPatch>;

/** What a person has set, in `<workspace>/settings.json`. Sections merge field by field. */
export interface SettingsStore {
  readonly value: Settings;
  readonly setAside: SetAside | undefined;
  update(patch: SettingsPatch): Promise<Settings>;
  onChange(listener: (settings: Settings) => void): () => void;
  dispose(): Promise<void>;
}

export async function openSettings(workspace: string): Promise<SettingsStore> {
  const store = await JsonStore.open<Settings>({ path: join(workspace, "settings.json"), schema: settings, defaults: () => settings.parse({}) });
  return {
    get value() {
      return store.value;
    },
    setAside: store.setAside,
    update: (patch) => store.update((current) => merge(current, patch)),
    onChange: (listener) => store.onChange(listener),
    dispose: () => store.dispose(),
  };
}

/** A field given as null goes back to its default: the schema fills it in again. */
function merge(current: Settings, patch: SettingsPatch): Settings {
  const sections = Object.keys(current) as (keyof Settings)[];
  return settings.parse(Object.fromEntries(sections.map((name) => [name, { ...current[name], ...given(patch[name]) }])));
}

const given = (fields: object = {}) => Object.fromEntries(Object.entries(fields).map(([name, value]: [string, unknown]) => [name, value ?? undefined]));
