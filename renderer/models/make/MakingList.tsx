import { CircleAlert, CircleCheck, Combine, FileCog } from "lucide-react";
import { useEffect, useRef } from "react";
import { bytes } from "../../app/words.ts";
import { Button, ProgressBar } from "../../design/index.ts";
import type { Making, Makings, Wish } from "./makings.ts";
import css from "../models.module.css";

const stepWords: Readonly<Record<Making["step"], string>> = { checking: "Checking what it is made of", converting: "Converting", merging: "Merging", adding: "Putting it on the shelf" };

/** Conversions and merges under way, and those that were refused, with the reason. */
export function MakingList({ makings, onChange }: { makings: Makings; onChange(wish: Wish): void }) {
  const list = useRef<HTMLUListElement>(null);
  const said = makings.makings.map(({ key, failure, notes }) => `${key}${failure ? "!" : notes ? "." : ""}`).join();
  useEffect(() => { list.current?.scrollIntoView({ block: "nearest" }); }, [said]); // What begins or ends is seen, wherever on the shelf it was asked for.
  if (makings.makings.length === 0) return null;
  return (
    <ul ref={list} className={css.jobs} aria-label="Being made">
      {makings.makings.map((making) => <li key={making.key} className={css.job} data-making={making.wish.what}>{making.failure ? <Refused making={making} makings={makings} onChange={onChange} /> : making.notes ? <Remarks making={making} notes={making.notes} makings={makings} /> : <Running making={making} makings={makings} />}</li>)}
    </ul>
  );
}

interface RowProps { making: Making; makings: Makings }

function Running({ making, makings }: RowProps) {
  const { wish, step, done, total } = making;
  return (
    <>
      <div className={css.jobLine}>
        {wish.what === "merge" ? <Combine aria-hidden /> : <FileCog aria-hidden />}
        <span className={css.jobName} title={wish.name}>{wish.name}</span>
        <span className={css.jobFacts}>{stepWords[step]}{total > 0 ? ` · ${bytes(done)} of ${bytes(total)}` : ""}</span>
        <Button size="s" variant="ghost" onClick={() => makings.drop(making)}>Cancel</Button>
      </div>
      <ProgressBar label={`${wish.what === "merge" ? "Merge" : "Conversion"} of ${wish.name}`} fraction={total > 0 ? done / total : undefined} />
    </>
  );
}

function Refused({ making, makings, onChange }: RowProps & { onChange(wish: Wish): void }) {
  const { wish, failure } = making;
  return (
    <div className={css.jobLine} role="alert">
      <CircleAlert aria-hidden className={css.bad} />
      <div className={css.jobText}><div className={css.jobName} title={wish.name}>{wish.name} was not {wish.what === "merge" ? "merged" : "converted"}</div><div className={css.jobWhy}>{failure?.reason} {failure?.next}</div></div>
      <Button size="s" variant="ghost" onClick={() => { makings.drop(making); onChange(wish); }}>Change…</Button>
      <Button size="s" variant="ghost" onClick={() => makings.drop(making)}>Dismiss</Button>
    </div>
  );
}

function Remarks({ making, notes, makings }: RowProps & { notes: readonly string[] }) {
  return (
    <div className={css.jobLine} role="status">
      <CircleCheck aria-hidden className={css.good} />
      <div className={css.jobText}><div className={css.jobName}>{making.wish.name} is on the shelf</div>{notes.map((note) => <div key={note} className={css.cardSummary}>{note}</div>)}</div>
      <Button size="s" variant="ghost" onClick={() => makings.drop(making)}>Dismiss</Button>
    </div>
  );
}
