import type { CheckReport, CheckStage, Divergence, KeptCheck, ShelfItem } from "../../../engine/contract/index.ts";
import { standingOf, type Standing } from "../../chat/adapters.ts";

/** The model of the shelf that an adapter or merged model was made from, as far as that is known. */
const baseOf = (item: ShelfItem, shelf: readonly ShelfItem[]): ShelfItem | undefined => shelf.find(({ id }) => id === item.fineTuneOf?.id);

export const canBeChecked = (item: ShelfItem): boolean => item.kind === "adapter" || item.isFineTune === true;

/** The report a person should see first: the one against the item's own base, else the newest. */
export function mainCheck(item: ShelfItem): KeptCheck | undefined {
  const newestFirst = [...item.checks ?? []].sort((a, b) => b.checked.localeCompare(a.checked));
  return newestFirst.find(({ baseId }) => baseId === item.fineTuneOf?.id) ?? newestFirst[0];
}

/** How an item stands on its own base, in the words the chat's adapter picker uses too. Without a known base: on the one it was last checked with. */
export function standingOnShelf(item: ShelfItem, shelf: readonly ShelfItem[]): Standing {
  const base = baseOf(item, shelf) ?? shelf.find(({ id }) => id === mainCheck(item)?.baseId);
  if (base || item.state === "missing") return standingOf(item, base);
  return { tone: "neutral", word: "Base not known", text: "Say which model it was made from, then it can be checked.", canCheck: true };
}

export const stageWords: Readonly<Record<CheckStage, readonly [name: string, does: string]>> = {
  file: ["The file", "Is it whole, and every number in it a number?"],
  architecture: ["Architecture", "Is it made for this kind of model?"],
  shapes: ["Shapes", "Does every tensor it changes exist in the model, in the same size?"],
  base: ["Recorded base", "Does the file name this model, or another one?"],
  template: ["Chat template", "Was it trained with the template that is used here?"],
  probe: ["Probe", "How far does it move what the model says next?"],
  sample: ["Samples", "The same questions without and with it."],
};

export const problemWords: Readonly<Record<NonNullable<CheckReport["samples"][number]["problem"]>, string>> = { repeats: "Repeats itself", "never-stops": "Never stops", empty: "Says nothing" };

const number = (value: number): string => (value === 0 ? "0" : value < 0.01 ? value.toExponential(0) : value.toFixed(2));

/** What the three figures of the probe mean, each with a sentence. */
export function divergenceWords({ mean, max, changedTop, positions }: Divergence): readonly { name: string; value: string; says: string }[] {
  const share = Math.round(changedTop * 100);
  return [
    { name: "Another word first", value: `${changedTop > 0 && share === 0 ? "< 1" : share} %`, says: changedTop === 0 ? `At none of ${positions} places would the model choose another word.` : `At this share of ${positions} places compared, another word is the likeliest.` },
    { name: "Shift on average", value: `${number(mean)} nats`, says: mean < 1e-3 ? "Less than storing a model in 8 bits does: nobody notices it." : mean < 0.1 ? "A light touch: mostly the same words, other odds." : mean < 1 ? "A clear change in how it speaks." : "A strong change, as another format makes, or damage: read the samples." },
    { name: "Largest shift", value: `${number(max)} nats`, says: "At the one place where the two disagree most." },
  ];
}
