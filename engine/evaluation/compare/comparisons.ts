import { join } from "node:path";
import { z } from "zod";
import { LorekeepError } from "../../base/errors.ts";
import { JsonStore, type SetAside } from "../../base/json-store.ts";
import { comparison, type Comparison, type Standing } from "../../contract/compare.ts";

const stored = z.object({ comparisons: z.array(comparison) });

/** What was compared, and which answer a person preferred: `<workspace>/comparisons.json`, oldest first. */
export class Comparisons {
  private readonly store: JsonStore<z.infer<typeof stored>>;

  private constructor(store: JsonStore<z.infer<typeof stored>>) {
    this.store = store;
  }

  static async open(workspace: string): Promise<Comparisons> {
    return new Comparisons(await JsonStore.open({ path: join(workspace, "comparisons.json"), schema: stored, defaults: () => ({ comparisons: [] }) }));
  }

  get setAside(): SetAside | undefined {
    return this.store.setAside;
  }

  /** Latest first. */
  list(): Comparison[] {
    return [...this.store.value.comparisons].reverse();
  }

  /** @throws LorekeepError NOT_FOUND */
  get(id: string): Comparison {
    const found = this.store.value.comparisons.find((one) => one.id === id);
    if (!found) throw new LorekeepError("NOT_FOUND", { reason: "There is no such comparison.", field: "id" });
    return found;
  }

  /** Adds it, or takes the place of the one with its id. */
  async put(one: Comparison): Promise<Comparison> {
    await this.store.update(({ comparisons }) => {
      const known = comparisons.some((other) => other.id === one.id);
      return { comparisons: known ? comparisons.map((other) => (other.id === one.id ? one : other)) : [...comparisons, one] };
    });
    return one;
  }

  async remove(id: string): Promise<void> {
    this.get(id);
    await this.store.update(({ comparisons }) => ({ comparisons: comparisons.filter((one) => one.id !== id) }));
  }

  standings(): Standing[] {
    return standingsOf(this.store.value.comparisons);
  }

  dispose(): Promise<void> {
    return this.store.dispose();
  }
}

/** Counts the choices by the contenders' names, most often chosen first. Comparisons without a choice count for nothing. */
export function standingsOf(comparisons: readonly Comparison[]): Standing[] {
  const byName = new Map<string, Standing>();
  for (const { contenders, verdict } of comparisons) {
    if (!verdict) continue;
    contenders.forEach(({ name }, place) => {
      const before = byName.get(name) ?? { name, judged: 0, chosen: 0, tied: 0, blind: 0 };
      byName.set(name, {
        name, judged: before.judged + 1, chosen: before.chosen + Number(verdict.winner === place),
        tied: before.tied + Number(verdict.winner === "tie"), blind: before.blind + Number(verdict.blind),
      });
    });
  }
  return [...byName.values()].sort((a, b) => b.chosen / b.judged - a.chosen / a.judged || b.judged - a.judged || a.name.localeCompare(b.name));
}
