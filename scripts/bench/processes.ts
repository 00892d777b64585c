import { readdirSync, readFileSync } from "node:fs";

/** Peak resident memory by process name, MiB, of a process and everything it started. Linux only: read from /proc. */
export interface PeakMemory {
  readonly peaks: ReadonlyMap<string, number>;
  stop(): void;
}

/** Samples ten times a second. Names are the entry file of a Node process ("reader.mjs") or the command. */
export function watchMemory(root: number): PeakMemory {
  const peaks = new Map<string, number>();
  const timer = setInterval(() => {
    for (const pid of family(root)) {
      const status = read(`/proc/${pid}/status`);
      const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      const words = commandOf(pid);
      const name = words.find((word) => /\.mjs$/.test(word))?.split("/").at(-1) ?? words[0] ?? String(pid);
      if (peak > (peaks.get(name) ?? 0)) peaks.set(name, peak);
    }
  }, 100);
  return { peaks, stop: () => clearInterval(timer) };
}

/** Resident memory of a process now, MiB. */
export function residentMiB(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN) / 1024);
}

/** Processor time a process has had so far, in user and kernel mode, seconds. Linux counts a hundred ticks a second. */
export function cpuSeconds(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

/** The process and its descendants that are alive now. */
export function family(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(/^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${entry}/stat`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const all = [root];
  for (const pid of all) all.push(...(children.get(pid) ?? []));
  return all;
}

/** The words a process was started with; none where it has just ended. */
export function commandOf(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split("\0");
}

/** A process may end between being listed and being read. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
