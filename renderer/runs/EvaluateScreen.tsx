import { TabPanel, Tabs } from "../design/index.ts";
import { goEvaluate, parsePlace } from "./addresses.ts";
import { ChangePage } from "./ChangePage.tsx";
import { RunPage } from "./RunPage.tsx";
import { RunsPanel } from "./RunsPanel.tsx";
import { SetPage } from "./SetPage.tsx";
import { SetsPanel } from "./SetsPanel.tsx";
import css from "./runs.module.css";

const tabs = [{ value: "runs" as const, label: "Runs" }, { value: "sets" as const, label: "Question sets" }];

/** Questions with known answers, asked of every corner: which of them this work needs. */
export function EvaluateScreen({ id }: { id: string | undefined }) {
  const place = parsePlace(id);
  if (place.kind === "run") return <RunPage key={place.id} id={place.id} />;
  if (place.kind === "set") return <SetPage key={place.id} id={place.id} />;
  if (place.kind === "change") return <ChangePage before={place.before} after={place.after} />;
  return (
    <div className={css.screen}>
      <header className={css.header}><div><h1>Evaluate</h1><p>Your questions through every corner: what does your work need, documents, a fine-tune, or both?</p></div></header>
      <Tabs label="Evaluate" value={place.kind} tabs={tabs} onChange={(kind) => goEvaluate({ kind })}>
        <TabPanel value="runs"><RunsPanel /></TabPanel>
        <TabPanel value="sets"><SetsPanel /></TabPanel>
      </Tabs>
    </div>
  );
}
