import { randomUUID } from "node:crypto";

/** Something the engine has to tell a person. Kept until dismissed or the engine stops. */
export interface Notice {
  readonly id: string;
  readonly level: "info" | "warning";
  readonly text: string;
  readonly time: string;
}

const MOST = 100;

export class Notices {
  private readonly kept: Notice[] = [];
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  get list(): readonly Notice[] {
    return this.kept;
  }

  /** The same text is not told twice. */
  add(level: Notice["level"], text: string): void {
    if (this.kept.some((notice) => notice.text === text)) return;
    this.kept.push({ id: randomUUID(), level, text, time: new Date().toISOString() });
    if (this.kept.length > MOST) this.kept.shift();
    this.changed();
  }

  dismiss(id: string): void {
    const at = this.kept.findIndex((notice) => notice.id === id);
    if (at < 0) return;
    this.kept.splice(at, 1);
    this.changed();
  }
}
