import { useContext, useMemo } from "react";
import { cx, Tooltip } from "../design/index.ts";
import { CodeBlock } from "../markdown/CodeBlock.tsx";
import { AnswerScopeContext } from "./CitationChip.tsx";
import { flagWords } from "./citations.ts";
import { answerPieces, type AnswerPiece } from "./json-answer.ts";
import { SentenceChips } from "./SentenceChips.tsx";
import css from "./Citation.module.css";

/** The classes of the highlighter, so that JSON looks alike wherever it stands. */
const classes: Partial<Record<AnswerPiece["kind"], string>> = { key: "hljs-attr", string: "hljs-string", number: "hljs-number", literal: "hljs-literal" };

/** An answer that is JSON: one value to a line, with its citations behind the values they support. */
export function JsonAnswer({ text }: { text: string }) {
  const { sentences } = useContext(AnswerScopeContext);
  const pieces = useMemo(() => answerPieces(text, sentences), [text, sentences]);
  return (
    <CodeBlock language="JSON" copies={pieces.map((piece) => piece.text).join("")} wraps>
      {pieces.map((piece, index) => <span key={index}><Piece piece={piece} />{piece.chips.map((sentence) => <SentenceChips key={sentence} index={sentence} />)}</span>)}
    </CodeBlock>
  );
}

function Piece({ piece }: { piece: AnswerPiece }) {
  const { sentences, grounded } = useContext(AnswerScopeContext);
  const look = classes[piece.kind];
  const doubted = grounded && piece.kind === "string" && sentences[piece.sentence]?.flags.includes("unsupported");
  if (!doubted) return look ? <span className={look}>{piece.text}</span> : piece.text;
  return <Tooltip text={flagWords.unsupported}><span className={cx(look, css.unsupported)} data-unsupported="">{piece.text}</span></Tooltip>;
}
