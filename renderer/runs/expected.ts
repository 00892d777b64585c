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

/** A JSON schema as it was typed; a sentence where it is no JSON object. Empty: none. */
export function readSchema(text: string): { schema?: Record<string, unknown>; problem?: string } {
  if (text.trim() === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { schema: parsed as Record<string, unknown> };
    return { problem: "A JSON schema is an object: { … }." };
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
