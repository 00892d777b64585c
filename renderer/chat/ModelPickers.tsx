import { Cpu, Sparkles } from "lucide-react";
import type { AnswerOptions, ShelfItem } from "../../engine/contract/index.ts";
import { bytes } from "../app/words.ts";
import { go } from "../app/route.ts";
import { Button, cx, Picker, Popover, Slider, Switch } from "../design/index.ts";
import { useLatest } from "../engine/follow.ts";
import { useModels, useSettings } from "../engine/queries.ts";
import css from "./Composer.module.css";

interface Props { options: AnswerOptions; onChange(patch: Partial<AnswerOptions>): void }

const about = (item: ShelfItem): string => [item.quantisation, bytes(item.sizeBytes), item.state === "missing" ? "file is missing" : item.fit?.verdict === "will-not-fit" ? item.fit.text : ""].filter(Boolean).join(" · ");

/** Which model answers. Nothing chosen: the one that is loaded, else the shelf's default. */
export function ModelPicker({ options, onChange }: Props) {
  const { data: shelf = [] } = useModels();
  const { data: settings } = useSettings();
  const runtime = useLatest((engine, signal) => engine.models.watchRuntime(undefined, { signal }));
  const models = shelf.filter((item) => item.kind === "model");
  if (models.length === 0) return null;
  const implied = models.find((item) => item.id === runtime?.modelId) ?? models.find((item) => item.id === settings?.models.defaultModelId) ?? models[0];
  const shown = models.find((item) => item.id === options.modelId) ?? implied;
  return (
    <Picker label="Model" align="end" side="top" placeholder="Search models" selected={shown ? [shown.id] : []}
      options={models.map((item) => ({ value: item.id, label: item.name, hint: `${about(item)}${runtime?.modelId === item.id && runtime.state === "ready" ? " · loaded" : ""}`, disabled: item.state === "missing" }))}
      onToggle={(modelId) => onChange({ modelId })}
      trigger={<button type="button" className={css.choice} aria-label={`Model: ${shown?.name ?? "none"}`}><Cpu aria-hidden /><span>{shown?.name ?? "Model"}</span></button>} />
  );
}

/** Which fine-tunes are laid over the model, and how strongly. */
export function AdapterPicker({ options, onChange }: Props) {
  const { data: shelf = [] } = useModels();
  const adapters = shelf.filter((item) => item.kind === "adapter");
  const only = adapters.length === 1 ? adapters[0] : undefined;
  const chosen = options.adapters.length === 0 && only ? [{ modelId: only.id, scale: 1 }] : options.adapters;
  const names = adapters.filter((item) => chosen.some((choice) => choice.modelId === item.id)).map((item) => item.name);
  const first = chosen[0];
  const label = names.length === 0 ? "No adapter" : names.length === 1 ? `${names[0]}${first && first.scale !== 1 ? ` × ${first.scale}` : ""}` : `${names.length} adapters`;
  const setScale = (modelId: string, scale: number) => onChange({ adapters: [...chosen.filter((choice) => choice.modelId !== modelId), { modelId, scale }] });
  return (
    <Popover label="Adapters" side="top" align="end" trigger={<button type="button" className={cx(css.choice, names.length > 0 && css.choiceSet)} aria-label={`Adapter: ${label}`}><Sparkles aria-hidden /><span>{label}</span></button>}>
      <div className={css.panel}>
        <div className={css.panelTitle}>Fine-tune</div>
        {adapters.length === 0 ? <><p className={css.quiet}>No adapter is installed. A merged fine-tune is chosen as the model instead.</p><Button size="s" onClick={() => go("models")}>Add an adapter</Button></> : null}
        {adapters.map((item) => {
          const choice = chosen.find((candidate) => candidate.modelId === item.id);
          return (
            <div key={item.id} className={css.adapter}>
              <Switch label={item.name} hint={[item.baseModel ? `for ${item.baseModel}` : "", item.rank ? `rank ${item.rank}` : "", about(item)].filter(Boolean).join(" · ")} checked={choice !== undefined}
                onChange={(on) => onChange({ adapters: on ? [...chosen, { modelId: item.id, scale: 1 }] : chosen.filter((candidate) => candidate.modelId !== item.id) })} />
              {choice ? <Slider label={`Strength of ${item.name}`} value={choice.scale} min={0} max={2} step={0.05} format={(value) => `× ${value.toFixed(2)}`} onChange={(scale) => setScale(item.id, scale)} hint="0 is the model without it, 1 as it was trained." /> : null}
            </div>
          );
        })}
      </div>
    </Popover>
  );
}
