import { Cpu } from "lucide-react";
import type { AnswerOptions, ShelfItem } from "../../engine/contract/index.ts";
import { bytes } from "../app/words.ts";
import { Picker } from "../design/index.ts";
import { useLatest } from "../engine/follow.ts";
import { useModels, useSettings } from "../engine/queries.ts";
import css from "./Composer.module.css";

interface Props { options: AnswerOptions; onChange(patch: Partial<AnswerOptions>): void }

export const about = (item: ShelfItem): string => [item.quantisation, bytes(item.sizeBytes), item.state === "missing" ? "file is missing" : item.fit?.verdict === "will-not-fit" ? item.fit.text : ""].filter(Boolean).join(" · ");

/** The model that would answer. Nothing chosen: the one that is loaded, else the shelf's default. */
export function useAnsweringModel(options: Pick<AnswerOptions, "modelId">) {
  const { data: shelf = [] } = useModels();
  const { data: settings } = useSettings();
  const runtime = useLatest((engine, signal) => engine.models.watchRuntime(undefined, { signal }));
  const models = shelf.filter((item) => item.kind === "model");
  const [shown] = [options.modelId, runtime?.modelId, settings?.models.defaultModelId].flatMap((id) => models.filter((item) => item.id === id)).concat(models);
  return { models, shown, runtime };
}

/** Which model answers. */
export function ModelPicker({ options, onChange }: Props) {
  const { models, shown, runtime } = useAnsweringModel(options);
  if (models.length === 0) return null;
  const hint = (item: ShelfItem) => [about(item), item.isFineTune ? `fine-tune of ${item.fineTuneOf?.name ?? "another model"}` : "", runtime?.modelId === item.id && runtime.state === "ready" ? "loaded" : ""].filter(Boolean).join(" · ");
  return (
    <Picker label="Model" align="end" side="top" placeholder="Search models" selected={shown ? [shown.id] : []}
      options={models.map((item) => ({ value: item.id, label: item.name, hint: hint(item), disabled: item.state === "missing" }))}
      onToggle={(modelId) => onChange({ modelId })}
      trigger={<button type="button" className={css.choice} aria-label={`Model: ${shown?.name ?? "none"}`}><Cpu aria-hidden /><span>{shown?.name ?? "Model"}</span></button>} />
  );
}
