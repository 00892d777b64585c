import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import css from "./Tabs.module.css";

interface TabsProps<T extends string> { label: string; value: T; onChange(value: T): void; tabs: readonly { value: T; label: ReactNode }[]; children: ReactNode }

/** Arrow keys move between tabs; put `<TabPanel value=…>` inside. */
export function Tabs<T extends string>({ label, value, onChange, tabs, children }: TabsProps<T>) {
  return (
    <Radix.Root value={value} className={css.root} onValueChange={(next) => { const found = tabs.find((tab) => tab.value === next); if (found) onChange(found.value); }}>
      <Radix.List aria-label={label} className={css.list}>
        {tabs.map((tab) => <Radix.Trigger key={tab.value} value={tab.value} className={css.tab}>{tab.label}</Radix.Trigger>)}
      </Radix.List>
      {children}
    </Radix.Root>
  );
}

export const TabPanel = ({ value, children }: { value: string; children: ReactNode }) => <Radix.Content value={value} className={css.panel} tabIndex={-1}>{children}</Radix.Content>;
