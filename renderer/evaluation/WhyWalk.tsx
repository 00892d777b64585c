import { Check, CircleDashed, TriangleAlert, X } from "lucide-react";
import type { WhyInput, WhyReport, WhyStep } from "../../engine/contract/index.ts";
import { go } from "../app/route.ts";
import { baseName, milliseconds } from "../app/words.ts";
import { Badge, Button, cx } from "../design/index.ts";
import { goWhy } from "./addresses.ts";
import { Scores } from "./PassageCard.tsx";
import { dropWords } from "./words.ts";
import css from "./evaluation.module.css";

const titles: Readonly<Record<WhyStep["name"], string>> = { file: "File", text: "Text", passages: "Passages", scope: "Filters and locks", words: "By its words", meaning: "By its meaning", fused: "Both together", reranked: "Reranked", sources: "Sources of the answer" };
const icons = { ok: Check, weak: TriangleAlert, cut: X, open: CircleDashed } as const;
const stateWords = { ok: "came through", weak: "came through badly", cut: "lost here", open: "not reached" } as const;

/** The verdict, then every step from the file to the sources, as a way that is walked downwards. */
export function WhyWalk({ report, input }: { report: WhyReport; input: WhyInput }) {
  const { verdict, steps, expected } = report;
  const good = verdict.code === "found" || verdict.code === "merged";
  return (
    <div className={css.walk} data-verdict={verdict.code}>
      <section className={cx(css.verdict, good && css.verdictGood)} role="status" aria-label="Verdict">
        <h2>{verdict.sentence}</h2>
        {verdict.change ? <ChangeRow change={verdict.change} /> : null}
        <Held input={input} />
      </section>
      <ol className={css.steps}>
        {steps.map((step) => <Step key={step.name} step={step} />)}
      </ol>
      {expected.length > 0 ? (
        <section className={css.expected}>
          <h3>What was expected</h3>
          {expected.slice(0, 5).map((candidate) => (
            <div key={candidate.passage.id} className={css.card}>
              <div className={css.cardHead}>
                <div className={css.cardTitle}><b title={candidate.passage.path}>{candidate.passage.title ?? baseName(candidate.passage.path)}</b><span>passage {candidate.passage.position + 1}{candidate.passage.page ? `, page ${candidate.passage.page}` : ""}</span></div>
                {candidate.dropped ? <Badge>{dropWords[candidate.dropped.reason]}</Badge> : candidate.fused ? <Badge tone="good">source</Badge> : <Badge>no candidate</Badge>}
              </div>
              <p className={css.cardText}>{candidate.passage.text}</p>
              <Scores candidate={candidate} />
            </div>
          ))}
        </section>
      ) : null}
      <p className={css.quiet}>Followed in {milliseconds(report.ms)}.</p>
    </div>
  );
}

type Change = NonNullable<WhyReport["verdict"]["change"]>;

function ChangeRow({ change }: { change: Change }) {
  const { try: next } = change;
  const lead = change.proved === true ? "Tried, and it brings it in." : change.proved === false ? "A step on the way, not enough alone." : undefined;
  const elsewhere = change.kind === "retry" || change.kind === "wait" || change.kind === "add-document" || change.kind === "ocr";
  return (
    <div className={css.change} data-change={change.kind} data-proved={change.proved}>
      <div><b>{change.sentence}</b>{lead ? <span>{lead}</span> : null}</div>
      {next ? <Button variant="primary" onClick={() => goWhy(next)}>Try it</Button> : elsewhere ? <Button onClick={() => go("library")}>Open the library</Button> : null}
    </div>
  );
}

/** Under which conditions this was asked, where they are not the usual ones. */
function Held({ input }: { input: WhyInput }) {
  const { filter, includePrivate, settings } = input;
  const held = [
    ...Object.keys(filter).length > 0 ? ["with filters"] : [], ...(includePrivate ? ["private documents included"] : []),
    ...(settings.candidates === undefined ? [] : [`${settings.candidates} candidates`]), ...(settings.sources === undefined ? [] : [`${settings.sources} sources`]), ...(settings.budget === undefined ? [] : [`room for ${settings.budget} tokens`]),
  ];
  if (settings.search !== undefined) held.push("with other settings of the search");
  if (input.ignoreFilters.length > 0) held.push(`with ${input.ignoreFilters.map((words) => `“${words}”`).join(", ")} as ordinary words`);
  return held.length === 0 ? null : <p className={css.quiet}>Asked {held.join(", ")}. <button type="button" className={css.link} onClick={() => goWhy({ ...input, filter: {}, includePrivate: false, settings: {}, ignoreFilters: [] })}>Ask as usual</button></p>;
}

function Step({ step }: { step: WhyStep }) {
  const Icon = icons[step.state];
  const { terms } = step;
  return (
    <li className={css.step} data-step={step.name} data-state={step.state}>
      <span className={css.dot}><Icon aria-label={stateWords[step.state]} /></span>
      <div className={css.stepBody}>
        <h3>{titles[step.name]}{step.rank === undefined ? null : <span className={css.rank}>rank {step.rank}</span>}</h3>
        <p>{step.sentence}</p>
        {step.quote ? <blockquote className={css.quote}>{step.quote}</blockquote> : null}
        {terms && terms.matching.length + terms.missing.length + terms.ignored.length > 0 ? (
          <ul className={css.terms} aria-label="Words of the question">
            {terms.matching.map((word) => <li key={`+${word}`} data-term="matching"><Badge tone="good">{word}</Badge></li>)}
            {terms.missing.map((word) => <li key={`-${word}`} data-term="missing"><Badge tone="danger" title="Not in the passage">{word}</Badge></li>)}
            {terms.ignored.map((word) => <li key={`0${word}`} data-term="ignored"><Badge title="Says too little to count">{word}</Badge></li>)}
          </ul>
        ) : null}
      </div>
    </li>
  );
}
