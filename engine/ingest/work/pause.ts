import { LorekeepError } from "../../base/errors.ts";
import type { Gate } from "./gate.ts";
import type { Registry } from "../registry/registry.ts";

/** The pause of the queue: kept in the registry, so that it outlives the process, and held at the gate that work passes. */
export class Pause {
  private readonly registry: Registry;
  private readonly gate: Gate;
  private openGate: (() => void) | undefined;

  constructor(registry: Registry, gate: Gate) {
    this.registry = registry;
    this.gate = gate;
    if (registry.paused) this.openGate = gate.close();
  }

  /** Work stops at the gate at once; `between` happens before the pause is written down. */
  async begin(between: () => void): Promise<void> {
    this.openGate ??= this.gate.close();
    between();
    await this.registry.setPaused(true);
  }

  async end(): Promise<void> {
    await this.registry.setPaused(false);
    this.openGate?.();
    this.openGate = undefined;
  }

  /** A full disk fails every document alike: the rest waits until there is room. Returns what to tell the person; undefined: it is known. */
  async forSpace(error: unknown): Promise<string | undefined> {
    if (this.registry.paused) return undefined;
    this.openGate ??= this.gate.close();
    await this.registry.setPaused(true).catch(() => undefined); // The journal is on the same full disk.
    return `${error instanceof LorekeepError ? error.message : "The disk is full."} Indexing is paused; resume it when there is room.`;
  }
}
