import { go } from "../app/route.ts";
import { Button } from "../design/index.ts";

const screenFor: Record<string, { screen: string; label: string }> = {
  NEEDS_MODEL: { screen: "models", label: "Open models" },
  NEEDS_ADAPTER: { screen: "models", label: "Open models" },
  MODEL_REFUSED: { screen: "models", label: "Open models" },
  NEEDS_DOCUMENTS: { screen: "library", label: "Open library" },
};

/** The button that does what the failure's next step says. */
export function NextStep({ code, onRetry, busy = false }: { code: string; onRetry(): void; busy?: boolean }) {
  const target = screenFor[code];
  if (target) return <Button size="s" onClick={() => go(target.screen)}>{target.label}</Button>;
  return <Button size="s" disabled={busy} onClick={onRetry}>Try again</Button>;
}
