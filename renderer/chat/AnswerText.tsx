import { TriangleAlert } from "lucide-react";
import { useContext, useMemo, type ComponentProps } from "react";
import type { Components, ExtraProps } from "react-markdown";
import type { PluggableList } from "unified";
import { Tooltip } from "../design/index.ts";
import { Markdown } from "../markdown/Markdown.tsx";
import { rehypeMarkers, rehypeSentences } from "../markdown/sentences.ts";
import { AnswerScopeContext, CitationChip } from "./CitationChip.tsx";
import { flagWords, groupsOf } from "./citations.ts";
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
  const { sentences, grounded } = useContext(AnswerScopeContext);
  const number = numberOf(node, "dataNumber");
  if (number !== undefined) return <CitationChip number={number} />;
  const index = numberOf(node, "dataSentence");
  const sentence = index === undefined ? undefined : sentences[index];
  if (!sentence || index === undefined) return null;
  return (
    <span className={css.chips}>
      {groupsOf(sentence, index).map((group) => <CitationChip key={group.key} number={group.source} citation={group.key} />)}
      {sentence.flags.map((flag) => flag === "unsupported"
        ? (grounded ? <span key={flag} className={css.hidden}> (no source supports this)</span> : null)
        : <Tooltip key={flag} text={flagWords[flag]}><button type="button" className={css.flag} aria-label={flagWords[flag]} data-flag={flag}><TriangleAlert /></button></Tooltip>)}
    </span>
  );
}

const components: Components = { span: Sentence, cite: Chips };
const whileWriting: PluggableList = [rehypeMarkers];

/** An answer's Markdown with its citations. `writing`: there are no sentences yet, the model's own marks stand in. */
export function AnswerText({ text, writing = false }: { text: string; writing?: boolean }) {
  const { sentences } = useContext(AnswerScopeContext);
  const first = useMemo<PluggableList>(() => (writing ? whileWriting : [[rehypeSentences, { source: text, sentences }]]), [writing, text, sentences]);
  return <Markdown text={text} first={first} components={components} />;
}
