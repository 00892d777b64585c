import { go } from "../app/route.ts";
import { TabPanel, Tabs } from "../design/index.ts";
import { parsePlace, type Place } from "./addresses.ts";
import { ProbePanel } from "./ProbePanel.tsx";
import { SetsPanel } from "./SetsPanel.tsx";
import { WhyPanel } from "./WhyPanel.tsx";
import css from "./evaluation.module.css";

const tabs: readonly { value: Place; label: string }[] = [
  { value: "search", label: "Try a search" }, { value: "why", label: "Why didn’t it find …?" }, { value: "sets", label: "Question sets" },
];

/** Where one sees what a search finds, why it does not, and how well it does. */
export function RetrievalScreen({ id }: { id: string | undefined }) {
  const { place, why } = parsePlace(id);
  return (
    <div className={css.screen} data-place={place}>
      <header className={css.header}><h1>Retrieval</h1><p>What a question finds in your documents, before any model writes a word.</p></header>
      <Tabs label="Retrieval" value={place} tabs={tabs} onChange={(next) => go("retrieval", next)}>
        <TabPanel value="search"><ProbePanel /></TabPanel>
        <TabPanel value="why"><WhyPanel key={JSON.stringify(why)} given={why} /></TabPanel>
        <TabPanel value="sets"><SetsPanel /></TabPanel>
      </Tabs>
    </div>
  );
}
