import { Monitor, Moon, Sun } from "lucide-react";
import { SegmentSetting, SliderSetting } from "./controls.tsx";
import { useEditor } from "./editor.ts";
import { Group } from "./Row.tsx";

export function AppearanceSection() {
  const { value: { appearance }, defaults } = useEditor();
  return (
    <Group>
      <SegmentSetting field="appearance.theme" label="Theme" hint="Light, dark, or as the system is set, which is the default." value={appearance.theme} fallback={defaults.appearance.theme} patch={(theme) => ({ appearance: { theme } })}
        segments={[{ value: "system", label: "System", icon: <Monitor /> }, { value: "light", label: "Light", icon: <Sun /> }, { value: "dark", label: "Dark", icon: <Moon /> }]} />
      <SliderSetting field="appearance.textSize" label="Text size" hint="In pixels; 15 by default. Everything grows with it." value={appearance.textSize} fallback={defaults.appearance.textSize} patch={(textSize) => ({ appearance: { textSize } })} min={12} max={22} step={1} format={(size) => `${size} px`} />
    </Group>
  );
}
