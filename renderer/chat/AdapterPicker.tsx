import { Sparkles, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { AnswerOptions, ShelfItem } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { Badge, Button, cx, Popover, Slider, Spinner, Switch, Tooltip } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { failureOf } from "../engine/failure.ts";
import { useModels } from "../engine/queries.ts";
import { chosenAdapters, MOST_ADAPTERS, standingOf, strengthFrom } from "./adapters.ts";
import { about, useAnsweringModel } from "./ModelPickers.tsx";
import css from "./Composer.module.css";

interface Props { options: AnswerOptions; onChange(patch: Partial<AnswerOptions>): void }

/** Which fine-tunes are laid over the model, and how strongly. */
export function AdapterPicker({ options, onChange }: Props) {
  const { data: shelf = [] } = useModels();
  const { shown: model } = useAnsweringModel(options);
  const adapters = shelf.filter((item) => item.kind === "adapter");
  const chosen = chosenAdapters(options, shelf, model);
  const set = (modelId: string, scale: number | undefined) => {
    const others = chosen.filter((choice) => choice.modelId !== modelId);
    if (scale === undefined) onChange({ adapters: others });
    else onChange({ adapters: chosen.some((choice) => choice.modelId === modelId) ? chosen.map((choice) => (choice.modelId === modelId ? { modelId, scale } : choice)) : [...chosen, { modelId, scale }] });
  };
  const worrying = adapters.some((item) => chosen.some(({ modelId }) => modelId === item.id) && ["warn", "danger"].includes(standingOf(item, model).tone));
  const label = labelOf(chosen, adapters, model);
  return (
    <Popover label="Adapters" side="top" align="end" trigger={<button type="button" className={cx(css.choice, chosen.length > 0 && css.choiceSet)} aria-label={`Adapters: ${label}${worrying ? " (with a warning)" : ""}`}>{worrying ? <TriangleAlert aria-hidden /> : <Sparkles aria-hidden />}<span>{label}</span></button>}>
      <div className={cx(css.panel, css.adapters)}>
        <div className={css.panelTitle}>Fine-tune</div>
        {model?.isFineTune ? <p className={css.quiet}>{model.name} has its fine-tune inside{model.fineTuneOf?.name ? ` (made from ${model.fineTuneOf.name})` : ""}. Adapters are laid on top of it.</p> : null}
        {adapters.length === 0 ? <><p className={css.quiet}>No adapter is installed. A merged fine-tune is chosen as the model instead.</p><Button size="s" onClick={() => go("models")}>Add an adapter</Button></> : null}
        {adapters.map((item) => {
          const choice = chosen.find(({ modelId }) => modelId === item.id);
          return <AdapterRow key={item.id} item={item} model={model} scale={choice?.scale} full={chosen.length >= MOST_ADAPTERS} onScale={(scale) => set(item.id, scale)} />;
        })}
        {chosen.length > 1 ? <p className={css.quiet}>{chosen.length} adapters are added up. Trained apart, they may disturb each other: lower strengths often help.</p> : null}
      </div>
    </Popover>
  );
}

function labelOf(chosen: AnswerOptions["adapters"], adapters: readonly ShelfItem[], model: ShelfItem | undefined): string {
  const [first] = chosen;
  if (!first) return model?.isFineTune ? "Merged" : "No adapter";
  if (chosen.length > 1) return `${chosen.length} adapters`;
  return `${adapters.find(({ id }) => id === first.modelId)?.name ?? "Adapter"}${first.scale === 1 ? "" : ` × ${first.scale}`}`;
}

interface RowProps { item: ShelfItem; model: ShelfItem | undefined; scale: number | undefined; full: boolean; onScale(scale: number | undefined): void }

function AdapterRow({ item, model, scale, full, onScale }: RowProps) {
  const standing = standingOf(item, model);
  const on = scale !== undefined;
  return (
    <div className={css.adapter} data-adapter={item.id}>
      <Switch label={item.name} hint={[item.rank ? `rank ${item.rank}` : "", about(item)].filter(Boolean).join(" · ")} checked={on} disabled={!on && (full || item.state === "missing")} onChange={(next) => onScale(next ? 1 : undefined)} />
      <div className={css.standing}>
        <Tooltip text={standing.text}><span tabIndex={0}><Badge tone={standing.tone}>{standing.word}</Badge></span></Tooltip>
        {standing.canCheck && model ? <CheckButton item={item} model={model} /> : null}
      </div>
      {on && standing.tone !== "good" && standing.tone !== "neutral" ? <p className={css.warning}>{standing.text}</p> : null}
      {scale !== undefined ? <Strength name={item.name} value={scale} onChange={onScale} /> : null}
    </div>
  );
}

/** A slider and its number, which can be typed. 0 is the model without it, 1 as it was trained. */
function Strength({ name, value, onChange }: { name: string; value: number; onChange(value: number): void }) {
  const [typed, setTyped] = useState<string>();
  const commit = () => {
    const next = typed === undefined ? undefined : strengthFrom(typed);
    if (next !== undefined) onChange(next);
    setTyped(undefined);
  };
  return (
    <div className={css.strength}>
      <span className={css.quiet} aria-hidden>Strength</span>
      <Slider label={`Strength of ${name}`} hideLabel value={value} min={0} max={2} step={0.05} format={(shown) => `× ${shown.toFixed(2)}`} onChange={(next) => onChange(Math.round(next * 100) / 100)} />
      <input className={css.number} aria-label={`Strength of ${name}, as a number`} inputMode="decimal" value={typed ?? value.toFixed(2)} onChange={(event) => setTyped(event.target.value)} onBlur={commit}
        onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); commit(); } }} />
    </div>
  );
}

/** The health check, from where the adapter is chosen. What it finds comes back with the shelf. */
function CheckButton({ item, model }: { item: ShelfItem; model: ShelfItem }) {
  const engine = useEngine();
  const [state, setState] = useState<{ stage: string } | { failed: string } | undefined>();
  const run = async () => {
    setState({ stage: "Starting" });
    try {
      for await (const event of await engine.models.check({ id: item.id, baseId: model.id })) if (event.type === "stage") setState({ stage: event.total > 0 ? `Asking ${event.done} of ${event.total}` : "Reading" });
      setState(undefined);
    } catch (error) {
      setState({ failed: failureOf(error).reason });
    }
  };
  if (state && "stage" in state) return <span className={css.quiet} role="status"><Spinner size={12} /> {state.stage}…</span>;
  return <><Button size="s" variant="ghost" onClick={() => void run()}>Check</Button>{state ? <span className={css.failed} role="alert">{state.failed}</span> : null}</>;
}
