import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was; in screen pixels independent of density. */
export interface WindowState extends Bounds {
  readonly maximized: boolean;
}

export const smallest = { width: 720, height: 520 };
const usual = { width: 1240, height: 820 };
/** So much of the window's top edge must be on a screen, or a person could not take hold of it. */
const GRIP = { width: 120, height: 40 };

/** The saved state where it still can be seen, else the usual size in the middle of the first screen. */
export function fitToDisplays(saved: WindowState | undefined, workAreas: readonly Bounds[]): WindowState {
  const area = workAreas.find((candidate) => saved && gripVisible(saved, candidate));
  if (saved && area) {
    const width = clamp(saved.width, smallest.width, area.width);
    const height = clamp(saved.height, smallest.height, area.height);
    return { x: saved.x, y: Math.max(saved.y, area.y), width, height, maximized: saved.maximized };
  }
  const first = workAreas[0] ?? { x: 0, y: 0, ...usual };
  const width = Math.min(usual.width, first.width);
  const height = Math.min(usual.height, first.height);
  return { x: Math.round(first.x + (first.width - width) / 2), y: Math.round(first.y + (first.height - height) / 2), width, height, maximized: saved?.maximized ?? false };
}

function gripVisible(window: Bounds, area: Bounds): boolean {
  const visibleWidth = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return visibleWidth >= GRIP.width && window.y + GRIP.height > area.y && window.y + GRIP.height <= area.y + area.height;
}

const clamp = (value: number, least: number, most: number): number => Math.max(Math.min(value, most), Math.min(least, most));

/** What was saved; undefined where nothing was, or nothing that makes sense. */
export function readWindowState(path: string): WindowState | undefined {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Record<keyof WindowState, unknown> | null;
    if (typeof found !== "object" || found === null) return undefined;
    const numbers = [found.x, found.y, found.width, found.height];
    if (!numbers.every((value): value is number => typeof value === "number" && Number.isSafeInteger(value))) return undefined;
    const [x = 0, y = 0, width = 0, height = 0] = numbers;
    return { x, y, width, height, maximized: found.maximized === true };
  } catch {
    return undefined; // A first start, or a torn file: the window opens as at a first start.
  }
}

export function writeWindowState(path: string, state: WindowState): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, JSON.stringify(state));
  renameSync(`${path}.tmp`, path);
}
