import type { AnswerMode, Settings } from "../../engine/contract/index.ts";
import { ChoiceSetting, NumberSetting, SegmentSetting, SliderSetting, TextSetting } from "./controls.tsx";
import { useEditor, type Patch } from "./editor.ts";
import { Group } from "./Row.tsx";
import { SearchGroup } from "./SearchGroup.tsx";

const modes: readonly { value: AnswerMode; label: string; hint: string }[] = [
  { value: "quotes", label: "Quotes", hint: "The best passages, word for word. No model needed." },
  { value: "base", label: "Base", hint: "The model alone, without documents." },
  { value: "documents", label: "Documents", hint: "The model, from your documents, with citations." },
  { value: "fine-tune", label: "Fine-tune", hint: "The model with an adapter, without documents." },
  { value: "hybrid", label: "Hybrid", hint: "The model with an adapter, from your documents." },
];

type Sampling = Settings["answers"]["sampling"];
type Knob = keyof Sampling;

const knobs: readonly { knob: Knob; label: string; hint: string; min: number; max: number; whole?: boolean }[] = [
  { knob: "temperature", label: "Temperature", hint: "0 always takes the likeliest word; around 0.7 is lively; above 1 it drifts.", min: 0, max: 5, whole: false },
  { knob: "topP", label: "Top P", hint: "Keeps the likeliest words up to this share, 0 to 1. Lower is safer.", min: 0, max: 1, whole: false },
  { knob: "topK", label: "Top K", hint: "Keeps this many of the likeliest words. 0 keeps all.", min: 0, max: 100000 },
  { knob: "minP", label: "Min P", hint: "Drops words less likely than this share of the likeliest, 0 to 1.", min: 0, max: 1, whole: false },
  { knob: "repeatPenalty", label: "Repeat penalty", hint: "1 is none; 1.1 keeps small models from going round in circles.", min: 0, max: 3, whole: false },
  { knob: "seed", label: "Seed", hint: "The same seed gives the same answer again. Blank is a new one each time.", min: -2147483648, max: 2147483647 },
  { knob: "maxTokens", label: "Longest answer", hint: "In tokens, about ¾ of a word each. Blank: until the model is done.", min: 1, max: 1000000 },
];

/** The knobs are saved as one: the others must stay as they are. */
function sampled(knob: Knob, value: number | undefined, now: Settings): Patch {
  const { [knob]: _, ...others } = now.answers.sampling;
  return { answers: { sampling: value === undefined ? others : { ...others, [knob]: value } } };
}

export function AnswersSection() {
  const { value: { answers }, defaults: { answers: fallback } } = useEditor();
  return (
    <>
      <Group>
        <ChoiceSetting<AnswerMode> field="answers.defaultMode" label="Mode of new conversations" hint="Quotes by default, because it needs no model. Each message can change it." value={answers.defaultMode} fallback={fallback.defaultMode} patch={(defaultMode) => ({ answers: { defaultMode } })} options={modes} />
        <TextSetting field="answers.systemPrompt" label="System prompt" hint="Told to the model before everything else, in every conversation without its own. Empty by default; long ones take room from sources." value={answers.systemPrompt} fallback={fallback.systemPrompt} patch={(systemPrompt) => ({ answers: { systemPrompt } })} lines={4} maxLength={20000} placeholder="Answer in short paragraphs. Address me informally." />
      </Group>
      <SearchGroup />
      <Group title="Sources">
        <NumberSetting field="answers.sources" label="Sources per answer" hint="Passages the model may see, at most. 6 by default; more costs reading time before the first word." value={answers.sources} fallback={fallback.sources} patch={(sources) => ({ answers: { ...(sources === undefined ? {} : { sources }) } })} min={1} max={50} />
        <NumberSetting field="answers.candidates" label="Candidates" hint="Passages looked at before the best are chosen. 60 by default; more finds more and costs milliseconds." value={answers.candidates} fallback={fallback.candidates} patch={(candidates) => ({ answers: { ...(candidates === undefined ? {} : { candidates }) } })} min={5} max={500} />
        <SegmentSetting field="answers.sourceOrder" label="Order of sources" hint="The best first by default. Some models read the beginning and the end best: then the best comes first and the second best last." value={answers.sourceOrder} fallback={fallback.sourceOrder} patch={(sourceOrder) => ({ answers: { sourceOrder } })} segments={[{ value: "best-first", label: "Best first" }, { value: "first-and-last", label: "First and last" }]} />
        <SliderSetting field="answers.sourceShare" label="Room for sources" hint="The share of the context that sources may fill, 60 % by default. The rest is for the question, the history and the answer." value={answers.sourceShare} fallback={fallback.sourceShare} patch={(sourceShare) => ({ answers: { sourceShare } })} min={0.1} max={0.9} step={0.05} format={(share) => `${Math.round(share * 100)} %`} />
        <SegmentSetting field="answers.lookAgain" label="Ask again" hint="Where nothing a model wrote stands in the sources, it is asked again, with the best source alone, then the two best, then only the best one’s lines about the question. What then stands there takes the first answer’s place; the first can still be read. On by default; such answers take longer." value={answers.lookAgain ? "on" : "off"} fallback={fallback.lookAgain ? "on" : "off"} patch={(choice) => ({ answers: { lookAgain: choice === "on" } })} segments={[{ value: "on", label: "On" }, { value: "off", label: "Off" }]} />
        <NumberSetting field="answers.summariseBudgetMs" label="Time to summarise" unit="ms" hint="Sources too long for their room are cut to their lines about the question. With time given, the model summarises them first; citations still lead to the original words. 0, the default, never asks it." value={answers.summariseBudgetMs} fallback={fallback.summariseBudgetMs} patch={(summariseBudgetMs) => ({ answers: { ...(summariseBudgetMs === undefined ? {} : { summariseBudgetMs }) } })} min={0} max={120000} />
      </Group>
      <Group title="Sampling" text="How the model picks its words. Blank takes what the model’s own file recommends.">
        {knobs.map(({ knob, ...each }) => <NumberSetting key={knob} {...each} field={`answers.sampling.${knob}`} optional="Model’s own" value={answers.sampling[knob]} fallback={undefined} patch={(value, now) => sampled(knob, value, now)} />)}
      </Group>
    </>
  );
}
