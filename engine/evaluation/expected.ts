import type { KnownQuestion } from "../contract/questions.ts";
import type { Passage } from "../contract/search.ts";
import { holds } from "./phrase.ts";

/** Whether the passage is of the document that a person named by id, path, end of a path, file name or title. */
function isOf(passage: Pick<Passage, "documentId" | "path" | "title">, document: string): boolean {
  const path = passage.path.toLowerCase();
  const wanted = document.toLowerCase();
  const endsThere = /[\\/]/.test(path.at(-wanted.length - 1) ?? "/") && path.endsWith(wanted);
  return passage.documentId === document || path === wanted || endsThere || passage.title?.toLowerCase() === wanted;
}

/** Whether this is the passage that answers the question: of the expected document, with the expected words, as far as either is given. */
export function isExpected(passage: Pick<Passage, "documentId" | "path" | "title" | "text">, { expectDocument, expectPhrase, unanswerable }: KnownQuestion): boolean {
  if (unanswerable) return false;
  return (expectDocument === undefined || isOf(passage, expectDocument)) && (expectPhrase === undefined || holds(passage.text, expectPhrase));
}
