import { useContext, useMemo, type ComponentProps } from "react";
import type { Components, ExtraProps } from "react-markdown";
import type { PluggableList } from "unified";
import { Tooltip } from "../design/index.ts";
import { isJson } from "../markdown/json.ts";
import { Markdown } from "../markdown/Markdown.tsx";
import { rehypeMarkers, rehypeSentences } from "../markdown/sentences.ts";
import { AnswerScopeContext, CitationChip } from "./CitationChip.tsx";
import { flagWords } from "./citations.ts";
import { JsonAnswer } from "./JsonAnswer.tsx";
import { SentenceChips } from "./SentenceChips.tsx";
import css from "./Citation.module.css";

function numberOf(node: ExtraProps["node"], key: "dataSentence" | "dataNumber"): number | undefined {
  const value = node?.properties[key];
  return value === undefined || value === null ? undefined : Number(value);
}

function Sentence({ node, children, ...rest }: ComponentProps<"span"> & ExtraProps) {
  const { sentences, grounded } = useContext(AnswerScopeContext);
  const index = numberOf(node, "dataSentence");
  const sentence = index === undefined ? undefined : sentences[index];
  if (!grounded || !sentence?.flags.includes("unsupported")) return <span {...rest}>{children}</span>;
  return <Tooltip text={flagWords.unsupported}><span {...rest} className={css.unsupported} data-unsupported="">{children}</span></Tooltip>;
}

function Chips({ node }: ComponentProps<"cite"> & ExtraProps) {
  const number = numberOf(node, "dataNumber");
  if (number !== undefined) return <CitationChip number={number} />;
  const index = numberOf(node, "dataSentence");
  return index === undefined ? null : <SentenceChips index={index} />;
}

const components: Components = { span: Sentence, cite: Chips };
const whileWriting: PluggableList = [rehypeMarkers];
const plain: PluggableList = [];

/** An answer with its citations: JSON as such, anything else as Markdown. `writing`: there are no sentences yet, the model's own marks stand in. Without sources there are no marks. */
export function AnswerText({ text, writing = false }: { text: string; writing?: boolean }) {
  const { sentences, sources } = useContext(AnswerScopeContext);
  const marks = sources.length > 0;
  const first = useMemo<PluggableList>(() => (!writing ? [[rehypeSentences, { source: text, sentences, marks }]] : marks ? whileWriting : plain), [writing, text, sentences, marks]);
  const json = useMemo(() => isJson(text), [text]);
  return json ? <JsonAnswer text={text} /> : <Markdown text={text} first={first} components={components} />;
}
