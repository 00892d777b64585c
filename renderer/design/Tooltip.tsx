import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Kbd } from "./Feedback.tsx";
import css from "./Overlay.module.css";

interface TooltipProps { text: ReactNode; keys?: string | undefined; side?: "top" | "right" | "bottom" | "left" | undefined; children: ReactNode }

/** Needs TooltipProvider above (the app frame has it). The child must take a ref. */
export function Tooltip({ text, keys, side, children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={css.tooltip} sideOffset={6} collisionPadding={8} {...(side ? { side } : {})}>
          {text}{keys ? <Kbd>{keys}</Kbd> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = ({ children }: { children: ReactNode }) => <Radix.Provider delayDuration={450} skipDelayDuration={250}>{children}</Radix.Provider>;
