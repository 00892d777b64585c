import { useEffect, useState } from "react";
import { Spinner } from "../design/index.ts";
import { useConnectionState } from "../engine/context.tsx";
import css from "./App.module.css";

/** Says quietly that the engine is away. A short break is not worth a word. */
export function ConnectionLine() {
  const state = useConnectionState();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(state !== "online"), state === "online" ? 0 : 700);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div role="status" aria-live="polite" className={css.connection} data-shown={shown}>
      {shown ? <><Spinner size={13} />{state === "connecting" ? "Starting the engine…" : "Reconnecting…"}</> : null}
    </div>
  );
}
