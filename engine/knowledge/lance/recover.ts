import type { Documents } from "./documents.ts";
import { labelsSql } from "./labels.ts";
import type { Passages } from "./passages.ts";
import { numberOf, textOf, type Row } from "./rows.ts";
import { literal } from "./sql.ts";

/** What the passages table holds of one generation. */
interface Found {
  passages: number;
  /** Every passage carries the same revision of the labels, unless a relabelling was cut off. */
  readonly revisions: Set<number>;
}

/**
 * After a kill at any instant: passages of generations that no document row names are swept; document rows without all their passages
 * are taken away (the caller finds them missing and reads the file again); labels that were only half changed are changed wholly.
 */
export async function recover(documents: Documents, passages: Passages, sweep: (generations: readonly string[]) => Promise<void>): Promise<{ sweptPassages: number }> {
  const found = await generationsOf(passages);
  const incomplete: string[] = [];
  const unfinished: string[] = [];
  for (const [id, committed] of documents.entries()) {
    const there = found.get(committed.generation);
    found.delete(committed.generation);
    if ((there?.passages ?? 0) !== committed.passages) incomplete.push(id);
    else if (there && [...there.revisions].some((revision) => revision !== committed.revision)) unfinished.push(id);
  }
  const leftovers = [...found.keys(), ...(await documents.remove(incomplete))];
  const before = await passages.table.countRows();
  await sweep(leftovers);
  for (const id of unfinished) await relabelAgain(id, documents, passages);
  return { sweptPassages: before - (await passages.table.countRows()) };
}

async function generationsOf(passages: Passages): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  for await (const batch of passages.table.query().select(["generation", "revision"])) {
    for (const row of batch as Iterable<Row>) {
      const generation = textOf(row, "generation");
      const entry = found.get(generation) ?? { passages: 0, revisions: new Set<number>() };
      entry.passages++;
      entry.revisions.add(numberOf(row, "revision"));
      found.set(generation, entry);
    }
  }
  return found;
}

async function relabelAgain(id: string, documents: Documents, passages: Passages): Promise<void> {
  const rows: Row[] = await documents.table.query().where(`id = ${literal(id)}`).toArray();
  for (const row of rows) await passages.relabel(textOf(row, "generation"), labelsSql(row));
}
