import type { KnownQuestion } from "../../engine/contract/index.ts";

/** What is known of a question's answer, a phrase each. */
export function expectedWords(question: KnownQuestion): string[] {
  const { expectAnswers = [], expectNumber, expectDocument, expectPhrase, unanswerable, jsonSchema, pattern, rubric } = question;
  return [
    ...expectAnswers.map((answer) => `answer: ${answer}`),
    ...(expectNumber ? [`number: ${expectNumber.value}${expectNumber.tolerance ? ` ± ${expectNumber.tolerance}` : ""}`] : []),
    ...(expectDocument ? [`in ${expectDocument}`] : []), ...(expectPhrase ? [`“${expectPhrase}”`] : []),
    ...(unanswerable ? ["cannot be answered"] : []), ...(jsonSchema ? ["JSON schema"] : []), ...(pattern ? [`/${pattern}/`] : []), ...(rubric ? ["rubric"] : []),
  ];
}
