import { Lightbulb } from "lucide-react";
import { useState } from "react";
import type { Questionnaire, Recommendation } from "../../engine/contract/index.ts";
import { Badge, Button, cx, Select } from "../design/index.ts";
import { choiceWords } from "./words.ts";
import css from "./runs.module.css";

interface Props { recommendation: Recommendation; given: Questionnaire | undefined; onChange(questionnaire: Questionnaire): void }

/** What this work needs, with the reasons, and the questions that no measurement answers. */
export function RecommendationCard({ recommendation, given, onChange }: Props) {
  const [asking, setAsking] = useState(false);
  const { choice, sure, sentence, reasons, points, open } = recommendation;
  const most = Math.max(1, ...points.map((one) => Math.abs(one.points)));
  return (
    <section className={cx(css.recommendation, !sure && css.unsure)} aria-label="Recommendation" data-choice={choice} data-sure={sure}>
      <header><Lightbulb aria-hidden /><div><h2>{choiceWords[choice]}{sure || choice === "undecided" ? "" : ", for now"}</h2><p>{sentence}</p></div></header>
      {reasons.length > 0 ? (
        <ul className={css.reasons}>
          {reasons.map((reason) => (
            <li key={reason.rule} data-rule={reason.rule}><Badge tone={reason.from === "measured" ? "accent" : "neutral"}>{reason.from === "measured" ? "measured" : "you said"}</Badge><span>{reason.sentence}</span></li>
          ))}
        </ul>
      ) : null}
      {open.length > 0 ? <ul className={css.open}>{open.map((line) => <li key={line}>{line}</li>)}</ul> : null}
      {points.every((one) => one.points === 0) ? null : <><p className={css.pointsLine}>Points for each, from the reasons above</p><dl className={css.points} aria-label="Points">{points.map((one) => <div key={one.choice}><dt>{choiceWords[one.choice]}</dt><dd><span style={{ width: `${(Math.max(0, one.points) / most) * 100}%` }} />{one.points.toFixed(1).replace("-", "−")}</dd></div>)}</dl></>}
      {asking || given ? <Questions given={given} onChange={onChange} /> : <div><Button onClick={() => setAsking(true)}>Answer five questions about your work</Button></div>}
    </section>
  );
}

const first: Questionnaire = { changes: "yearly", citations: "helpful", format: "any", speed: "seconds", examples: 0 };
const asks = {
  changes: ["How often does what the answers rest on change?", { "no-knowledge": "They rest on no knowledge", never: "Never", yearly: "Every year or so", monthly: "Every month", daily: "Daily" }],
  citations: ["Must an answer say where it is written?", { no: "No", helpful: "It helps", required: "It must" }],
  format: ["Is a certain form needed?", { any: "No", tone: "A tone of voice", fixed: "A fixed format" }],
  speed: ["How long may the first word take?", { any: "Does not matter", seconds: "Some seconds", instant: "It must be at once" }],
} as const;

function Questions({ given, onChange }: { given: Questionnaire | undefined; onChange(questionnaire: Questionnaire): void }) {
  const now = given ?? first;
  const options = (words: Readonly<Record<string, string>>) => Object.entries(words).map(([value, label]) => ({ value, label }));
  return (
    <fieldset className={css.questions}>
      <legend>About your work</legend>
      {(Object.keys(asks) as (keyof typeof asks)[]).map((key) => {
        const [question, words] = asks[key];
        return <label key={key} className={css.field}><span>{question}</span><Select label={question} value={now[key] as string} options={options(words)} onChange={(value) => onChange({ ...now, [key]: value })} /></label>;
      })}
      <label className={css.field}><span>How many examples of good answers are there?</span><input className={css.number} type="number" min={0} step={1} value={now.examples} onChange={(event) => onChange({ ...now, examples: Math.max(0, Math.round(Number(event.target.value) || 0)) })} /></label>
      {given ? null : <Button variant="primary" onClick={() => onChange(now)}>Take these</Button>}
    </fieldset>
  );
}
