import { useModels } from "../engine/queries.ts";
import { ChoiceSetting, NumberSetting, SegmentSetting, TextSetting } from "./controls.tsx";
import { useEditor } from "./editor.ts";
import { Group } from "./Row.tsx";

/** Stands for "none chosen": a select's values must not be empty. */
const NONE = "none";

export function ModelsSection() {
  const { value: { models }, defaults: { models: fallback } } = useEditor();
  const shelf = (useModels().data ?? []).filter((item) => item.kind === "model");
  const known = models.defaultModelId === undefined || shelf.some((item) => item.id === models.defaultModelId);
  return (
    <>
      <Group>
        <ChoiceSetting field="models.defaultModelId" label="Default model" hint="Answers where a conversation names no other. Not set: the one that is loaded, or the first on the shelf." value={models.defaultModelId ?? NONE} fallback={NONE} patch={(id) => ({ models: { defaultModelId: id === NONE ? null : id } })}
          options={[{ value: NONE, label: "Not set" }, ...shelf.map((item) => ({ value: item.id, label: item.name })), ...(known ? [] : [{ value: models.defaultModelId ?? NONE, label: "A model that is gone" }])]} />
        <SegmentSetting field="models.gpu" label="Graphics card" hint="Used where there is one, which is the default. Off keeps everything on the processor." value={models.gpu} fallback={fallback.gpu} patch={(gpu) => ({ models: { gpu } })} segments={[{ value: "auto", label: "Automatic" }, { value: "off", label: "Off" }]} />
        <NumberSetting field="models.threads" label="Threads" hint="Blank measures the fastest number once per model and leaves one core free. As many as there are cores can be far slower." optional="Measured" value={models.threads} fallback={undefined} patch={(threads) => ({ models: { threads: threads ?? null } })} min={1} max={1024} />
        <NumberSetting field="models.contextSize" label="Context" unit="tokens" hint="What a model can see at once. Blank takes what it was trained for and memory allows; larger takes more memory." optional="Automatic" value={models.contextSize} fallback={undefined} patch={(contextSize) => ({ models: { contextSize: contextSize ?? null } })} min={128} max={10000000} />
        <NumberSetting field="models.idleMinutes" label="Release after" unit="minutes" hint="Without a question for this long, the model gives its memory back; the next question waits for it to load. 15 by default, 0 is never." value={models.idleMinutes} fallback={fallback.idleMinutes} patch={(idleMinutes) => ({ models: { ...(idleMinutes === undefined ? {} : { idleMinutes }) } })} min={0} max={1440} />
        <ChoiceSetting field="models.fallbackTemplate" label="Fallback chat template" hint="For models whose file has none; ChatML by default. A wrong one makes answers ramble." value={models.fallbackTemplate} fallback={fallback.fallbackTemplate} patch={(fallbackTemplate) => ({ models: { fallbackTemplate } })}
          options={[{ value: "chatml", label: "ChatML" }, { value: "llama2", label: "Llama 2" }, { value: "alpaca", label: "Alpaca" }, { value: "plain", label: "Plain text" }]} />
      </Group>
      <Group title="Hub" text="Where downloads come from. Contacted only when you click Download.">
        <TextSetting field="models.hubEndpoint" label="Address" hint="A hub in Hugging Face’s layout, for example a mirror in your company. HF_ENDPOINT in the environment wins over it." value={models.hubEndpoint} fallback={fallback.hubEndpoint} patch={(hubEndpoint) => ({ models: { hubEndpoint } })} placeholder="https://huggingface.co" />
        <TextSetting field="models.hubToken" label="Access token" hint="For models whose licence asks you to sign in. Kept in settings.json in the workspace, sent to the hub above and nowhere else." value={models.hubToken} fallback={fallback.hubToken} patch={(hubToken) => ({ models: { hubToken } })} secret placeholder="hf_…" />
      </Group>
    </>
  );
}
