import { ChevronRight, HeartPulse, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import type { FineTune, FineTuneVersion, ShelfItem } from "../../../engine/contract/index.ts";
import { dateTime } from "../../app/words.ts";
import { modeName } from "../../chat/modes.ts";
import { AlertDialog, Badge, Button, IconButton, Tooltip, useToasts } from "../../design/index.ts";
import { useEngine } from "../../engine/context.tsx";
import { standingOnShelf } from "../health/standing.ts";
import { gateOf, gateWords, hasStaleGate, percent, isSilent } from "./history.ts";
import { LineageView } from "./LineageView.tsx";
import css from "./tunes.module.css";

interface VersionRowProps { tune: FineTune; version: FineTuneVersion; shelf: readonly ShelfItem[]; onPromote(): void; onCheck(item: ShelfItem): void }

/** One version: whether it is the default, how healthy it is, how it did, and what may be done with it. */
export function VersionRow({ tune, version, shelf, onPromote, onCheck }: VersionRowProps) {
  const engine = useEngine();
  const toasts = useToasts();
  const [open, setOpen] = useState(false);
  const [removing, setRemoving] = useState(false);
  const item = shelf.find(({ id }) => id === version.itemId);
  const isDefault = tune.defaultVersionId === version.id;
  const standing = item && standingOnShelf(item, shelf);
  const gate = gateOf(tune, version.id);
  const remove = () => { engine.models.fineTunes.removeVersion({ id: tune.id, versionId: version.id }).then(() => toasts.show({ title: `Version ${version.number} removed`, text: "Its file stays on the shelf." }), (error: unknown) => toasts.fail(error, "It could not be removed")); };
  return (
    <div className={css.version} data-version={version.number}>
      <div className={css.versionLine}>
        <button type="button" className={css.number} aria-expanded={open} onClick={() => setOpen(!open)}><ChevronRight aria-hidden data-open={open} />Version {version.number}</button>
        {isDefault ? <Badge tone="accent" icon={<Star />}>Default</Badge> : null}
        {standing ? <Tooltip text={standing.text}><span tabIndex={0}><Badge tone={standing.tone}>{standing.word}</Badge></span></Tooltip> : <Badge tone="danger">Not on the shelf any more</Badge>}
        {gate ? <Tooltip text={gateWords(gate)}><span tabIndex={0}><Badge tone={isSilent(gate) ? "warn" : gate.decision === "worse" ? "danger" : "good"}>{isSilent(gate) ? "Not told apart" : gate.decision === "worse" ? "Worse than the default" : "At least as good"}</Badge></span></Tooltip> : null}
        {hasStaleGate(tune, version.id) ? <Tooltip text="The file of this version or of the default was replaced since the questions were asked."><span tabIndex={0}><Badge tone="warn">Ask again</Badge></span></Tooltip> : null}
        <span className={css.grow} />
        {item ? <Button size="s" variant="ghost" icon={<HeartPulse />} disabled={item.state === "missing"} onClick={() => onCheck(item)}>Check</Button> : null}
        {isDefault ? null : <Button size="s" disabled={!item || item.state === "missing"} onClick={onPromote}>Make default…</Button>}
        {isDefault && tune.versions.length > 1 ? null : <IconButton label={`Remove version ${version.number}`} size="s" onClick={() => setRemoving(true)}><Trash2 /></IconButton>}
        <AlertDialog open={removing} onOpenChange={setRemoving} title={`Remove version ${version.number} of ${tune.name}?`} confirm="Remove" description="Its notes, where it came from, and its scores are forgotten. Its file stays on the shelf." onConfirm={remove} />
      </div>
      <p className={css.quiet}>{item?.name ?? version.sha256.slice(0, 12)} · {dateTime(version.added)}{version.notes && !open ? ` · ${version.notes}` : ""}</p>
      {version.scores.length > 0 ? <ul className={css.scores} aria-label={`Scores of version ${version.number}`}>{version.scores.map((score) => <li key={`${score.runId}${score.mode ?? ""}`}><a href={`#/evaluate/${encodeURIComponent(`run:${score.runId}`)}`}>{score.set}</a>{score.mode ? `, ${modeName(score.mode)}` : ""} {percent(score.n > 0 ? score.correct / score.n : 0)} <span className={css.quiet}>{score.correct} of {score.n} right, {dateTime(score.when)}{score.stale ? ", with another file than now" : ""}</span></li>)}</ul> : null}
      {open ? <><Notes key={version.notes} tune={tune} version={version} /><LineageView version={version} now={item?.sha256} /></> : null}
    </div>
  );
}

/** Kept when one leaves the field. */
function Notes({ tune, version }: { tune: FineTune; version: FineTuneVersion }) {
  const engine = useEngine();
  const toasts = useToasts();
  const [text, setText] = useState(version.notes);
  const keep = () => { if (text !== version.notes) engine.models.fineTunes.update({ id: tune.id, versionId: version.id, notes: text }).catch((error: unknown) => toasts.fail(error, "The notes could not be kept")); };
  return <textarea className={css.notes} aria-label={`Notes on version ${version.number}`} placeholder="Notes: what was changed, what for" rows={2} maxLength={4000} value={text} onChange={(event) => setText(event.target.value)} onBlur={keep} />;
}
