import { CircleAlert, CirclePower, Zap } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import type { GeneratorLoaded, RuntimeState, ShelfItem } from "../../engine/contract/index.ts";
import { bytes, count, milliseconds } from "../app/words.ts";
import { Badge, Button, Spinner } from "../design/index.ts";
import type { Runtime } from "./runtime.ts";
import { parameters } from "./words.ts";
import css from "./runtime.module.css";

/** What is loaded, as it really came to be: not what was asked for. */
export function RuntimePanel({ runtime, models, defaultId }: { runtime: Runtime; models: readonly ShelfItem[]; defaultId: string | undefined }) {
  const { state } = runtime;
  if (!state) return null;
  const model = models.find((item) => item.id === state.modelId);
  const fallback = models.find((item) => item.id === defaultId && item.state === "ready");
  return (
    <section className={css.panel} data-state={state.state} aria-label="Loaded model" aria-live="polite" data-testid="runtime">
      {state.state === "empty" ? (
        <Line icon={<CirclePower />} title="No model is loaded" text="One is loaded by itself when a question needs it." actions={fallback ? <Button size="s" onClick={() => runtime.load(fallback.id)}>Load {fallback.name}</Button> : null} />
      ) : state.state === "loading" ? (
        <Line icon={<Spinner size={17} />} title={`Loading ${model?.name ?? "the model"}…`} text={<Elapsed key={state.modelId} />} actions={<Button size="s" onClick={runtime.unload}>Cancel</Button>} />
      ) : state.state === "failed" ? <Failed state={state} model={model} runtime={runtime} /> : (
        <>
          <Line icon={<Zap />} title={model?.name ?? "A model is loaded"} badge={<Badge tone="good">Ready</Badge>} text={state.loaded ? `${state.loaded.architecture} · ${parameters(state.loaded.parameters)} parameters · ${state.loaded.quantisation}` : undefined} actions={<Button size="s" onClick={runtime.unload}>Unload</Button>} />
          {state.loaded ? <Facts loaded={state.loaded} /> : null}
        </>
      )}
    </section>
  );
}

function Line({ icon, title, badge, text, actions }: { icon: ReactNode; title: string; badge?: ReactNode; text?: ReactNode; actions?: ReactNode }) {
  return <div className={css.line}><span className={css.icon} aria-hidden>{icon}</span><div className={css.words}><div className={css.title}><span>{title}</span>{badge}</div>{text ? <div className={css.text}>{text}</div> : null}</div>{actions}</div>;
}

function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((now) => now + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return <>Reading it into memory{seconds >= 2 ? `, ${seconds} s so far` : ""}. The first time takes longer: the best number of threads is measured.</>;
}

function Failed({ state, model, runtime }: { state: RuntimeState; model: ShelfItem | undefined; runtime: Runtime }) {
  return (
    <div className={css.line} role="alert">
      <span className={css.iconBad} aria-hidden><CircleAlert /></span>
      <div className={css.words}><div className={css.title}><span>{model?.name ?? "The model"} could not be loaded</span></div><div className={css.text}>{state.error?.reason} {state.error?.next}</div></div>
      {model ? <Button size="s" onClick={() => runtime.load(model.id)}>Try again</Button> : null}
      <Button size="s" variant="ghost" onClick={runtime.unload}>Dismiss</Button>
    </div>
  );
}

const backendNames: Readonly<Record<string, string>> = { cpu: "CPU", cuda: "CUDA", metal: "Metal", vulkan: "Vulkan" };

function Facts({ loaded }: { loaded: GeneratorLoaded }) {
  const needed = loaded.memory.modelBytes + loaded.memory.contextBytes;
  const facts: { name: string; value: string; note: string; warn?: boolean }[] = [
    { name: "Runs on", value: backendNames[loaded.backend.toLowerCase()] ?? loaded.backend, note: loaded.gpuLayers > 0 ? `${loaded.gpuLayers} of ${loaded.totalLayers} layers on the GPU` : "no layer on a GPU" },
    { name: "Threads", value: count(loaded.threads), note: "measured or set" },
    { name: "Context", value: `${count(loaded.contextSize)} tokens`, note: loaded.contextSize < loaded.trainContextSize ? `trained for ${count(loaded.trainContextSize)}` : "all it was trained for" },
    { name: "Memory", value: bytes(needed), note: `of ${bytes(loaded.memory.freeBytesBefore)} that were free`, warn: needed > loaded.memory.freeBytesBefore },
    { name: "Chat template", value: loaded.template.name, note: loaded.template.source === "gguf" ? "from the file" : "a fallback: the file has none", warn: loaded.template.source === "fallback" },
    { name: "Loaded in", value: milliseconds(loaded.loadMs), note: "" },
  ];
  return <dl className={css.facts}>{facts.map((fact) => <div key={fact.name}><dt>{fact.name}</dt><dd>{fact.value}</dd>{fact.note ? <dd className={fact.warn ? css.warn : css.note}>{fact.note}</dd> : null}</div>)}</dl>;
}
