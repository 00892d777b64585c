import { useRerankers } from "../engine/queries.ts";
import { ChoiceSetting, NumberSetting } from "./controls.tsx";
import { useEditor } from "./editor.ts";
import { Group } from "./Row.tsx";

/** Stands for "none chosen": a select's values must not be empty. */
const NONE = "none";

/** How the found passages are put in order before an answer is made of them. */
export function SearchGroup() {
  const { value: { search }, defaults: { search: fallback } } = useEditor();
  const installed = useRerankers().data ?? [];
  const known = search.reranker === "" || installed.some(({ id }) => id === search.reranker);
  return (
    <Group title="Search">
      <ChoiceSetting field="search.reranker" label="Reranker" hint="A small model that reads question and passage together and sorts what was found again. None by default; the catalogue under Models has some." value={search.reranker === "" ? NONE : search.reranker} fallback={NONE} patch={(id) => ({ search: { reranker: id === NONE ? "" : id } })}
        options={[{ value: NONE, label: "None" }, ...installed.map(({ id, name, format }) => ({ value: id, label: format === "gguf" ? name : `${name} (ONNX)` })), ...(known ? [] : [{ value: search.reranker, label: "A reranker that is gone" }])]} />
      {search.reranker === "" ? null : (
        <>
          <NumberSetting field="search.rerankBudgetMs" label="Time to rerank" unit="ms" hint="1500 by default. What is not done by then is left, the order of the search stands, and the answer’s trace says so." value={search.rerankBudgetMs} fallback={fallback.rerankBudgetMs} patch={(rerankBudgetMs) => ({ search: { ...(rerankBudgetMs === undefined ? {} : { rerankBudgetMs }) } })} min={10} max={60000} />
          <NumberSetting field="search.rerankDepth" label="Passages to rerank" hint="20 by default; the others keep their order behind them." value={search.rerankDepth} fallback={fallback.rerankDepth} patch={(rerankDepth) => ({ search: { ...(rerankDepth === undefined ? {} : { rerankDepth }) } })} min={1} max={200} />
        </>
      )}
      <NumberSetting field="search.condenseBudgetMs" label="Time to complete a follow-up" unit="ms" hint="A question that points back is completed by rule. Where the rules are unsure, the model may say what is meant, if one is loaded. 3000 by default, 0 never asks it." value={search.condenseBudgetMs} fallback={fallback.condenseBudgetMs} patch={(condenseBudgetMs) => ({ search: { ...(condenseBudgetMs === undefined ? {} : { condenseBudgetMs }) } })} min={0} max={60000} />
    </Group>
  );
}
