import { useEffect } from "react";
import type { AnswerOptions } from "../../engine/contract/index.ts";
import { useEngine } from "../engine/context.tsx";
import { usesDocuments } from "./modes.ts";

/** A pause in typing, in milliseconds: longer than between two keystrokes, shorter than reading over what one wrote. */
const PAUSE_MS = 350;
/** What is shorter is rarely a question yet. */
const SHORTEST = 6;

interface Draft { readonly text: string; readonly options: AnswerOptions; readonly conversationId: string | undefined; /** Nothing can be asked now. */ readonly blocked: boolean }

/** Searches ahead of the question when its writer pauses, so that the answer finds the search done. Typing on takes it back. */
export function usePrefetch({ text, options: { mode, filter, ignoreFilters }, conversationId, blocked }: Draft): void {
  const engine = useEngine();
  const asked = text.trim();
  const wanted = usesDocuments(mode) && !blocked && asked.length >= SHORTEST;
  const conditions = JSON.stringify({ filter, ignoreFilters });
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    const pause = setTimeout(() => {
      const given = JSON.parse(conditions) as Pick<AnswerOptions, "filter" | "ignoreFilters">;
      // What fails here fails again when it is asked, and is said there.
      engine.search.prefetch({ text: asked, ...given, ...(conversationId === undefined ? {} : { conversationId }) }, { signal: stop.signal }).catch(() => undefined);
    }, PAUSE_MS);
    return () => {
      clearTimeout(pause);
      stop.abort();
    };
  }, [engine, wanted, asked, conditions, conversationId]);
}
