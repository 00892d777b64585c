import { Copy, Ellipsis, FolderOpen, TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Collection, Document, DocumentReason } from "../../engine/contract/index.ts";
import { bytes, count, dateTime, plural } from "../app/words.ts";
import { Button, Drawer, ErrorState, IconButton, Menu, Spinner, Switch, TabPanel, Tabs, useToasts } from "../design/index.ts";
import { useEngine } from "../engine/context.tsx";
import { useDocument } from "../engine/queries.ts";
import { shell } from "../engine/shell.ts";
import { WhatWasRead } from "./WhatWasRead.tsx";
import type { DocumentActions } from "./actions.tsx";
import { DocumentMenu } from "./DocumentMenu.tsx";
import { formatName, pageWord } from "./format.tsx";
import { LanguageAction } from "./LanguageAction.tsx";
import { adviceFor, stepsFor, stepWords } from "./reasons.ts";
import { RecognisedMark } from "../sources/RecognisedMark.tsx";
import { RecognitionQuestion } from "./RecognitionQuestion.tsx";
import { StateMark } from "./StateMark.tsx";
import { TagEditor } from "./TagEditor.tsx";
import css from "./drawer.module.css";

interface DrawerProps { id: string; collections: readonly Collection[]; actions: DocumentActions; onClose(): void }

/** One document: what it is, what was read, and what can be done about it. */
export function DocumentDrawer({ id, collections, actions, onClose }: DrawerProps) {
  const { data: document, error, refetch } = useDocument(id);
  if (error) return <Drawer label="Document" title="Document" onClose={onClose}><ErrorState compact error={error} title="This document cannot be shown" onRetry={() => void refetch()} /></Drawer>;
  if (!document) return <Drawer label="Document" title="" onClose={onClose}><div className={css.loading}><Spinner label="Opening the document" /></div></Drawer>;
  const menu = <Menu trigger={<IconButton label="More actions" size="s"><Ellipsis /></IconButton>}><DocumentMenu ids={[document.id]} only={document} collections={collections} actions={actions} onOpen={() => undefined} /></Menu>;
  return (
    <Drawer label={document.name} title={document.title ?? document.name} actions={menu} onClose={onClose}>
      <Content key={document.id} document={document} collections={collections} actions={actions} />
    </Drawer>
  );
}

function Content({ document, collections, actions }: Omit<DrawerProps, "id" | "onClose"> & { document: Document }) {
  const readable = document.state === "indexed";
  const [tab, setTab] = useState<"about" | "read">("about");
  const about = <About document={document} collections={collections} actions={actions} />;
  if (!readable) return about;
  return (
    <div className={css.tabs}>
      <Tabs<"about" | "read"> label="Document" value={tab} onChange={setTab} tabs={[{ value: "about", label: "About" }, { value: "read", label: "What was read" }]}>
        <TabPanel value="about">{about}</TabPanel>
        <TabPanel value="read"><WhatWasRead document={document} /></TabPanel>
      </Tabs>
    </div>
  );
}

function About({ document, collections, actions }: Omit<DrawerProps, "id" | "onClose"> & { document: Document }) {
  const engine = useEngine();
  const toasts = useToasts();
  const update = (change: { private?: boolean; tags?: string[] }) => { engine.documents.update({ id: document.id, ...change }).catch((error: unknown) => toasts.fail(error)); };
  return (
    <div className={css.about}>
      <Trouble document={document} actions={actions} />
      <RecognitionQuestion document={document} />
      {document.warnings.length > 0 ? (
        <div className={css.warnings}>
          <h3><TriangleAlert aria-hidden />{document.warnings.every(({ code }) => code === "encoding-guessed") ? "Worth knowing" : document.warnings.every(({ code }) => code === "other-language") ? "Language in doubt" : "Read, with gaps"}</h3>
          <ul>{document.warnings.slice(0, 8).map((warning, index) => <li key={index}>{warning.message}{warning.language === undefined ? null : <div className={css.steps}><LanguageAction code={warning.language} documentId={document.id} /></div>}</li>)}</ul>
          {document.warnings.length > 8 ? <p>and {plural(document.warnings.length - 8, "more warning")}</p> : null}
        </div>
      ) : null}
      <Facts document={document} collection={collections.find((collection) => collection.id === document.collectionId)} />
      <div className={css.section}>
        <TagEditor tags={document.tags} onChange={(tags) => update({ tags })} />
        <Switch label="Private" hint="Kept out of answers until you unlock it in a conversation." checked={document.private} onChange={(on) => update({ private: on })} />
      </div>
    </div>
  );
}

/** Why it was not read, in a sentence, and what helps, as buttons. */
function Trouble({ document, actions }: { document: Document; actions: DocumentActions }) {
  if (document.state !== "failed" && document.state !== "cancelled") return null;
  const reason: DocumentReason = document.reason ?? { code: "cancelled", message: "It was taken out of the queue before it was read." };
  return (
    <div className={css.trouble} role="status">
      <h3>{reason.message}</h3>
      <p>{adviceFor(reason).next}</p>
      <div className={css.steps}>{stepsFor(document).map((step, index) => step === "language" && reason.language !== undefined ? <LanguageAction key={step} primary={index === 0} code={reason.language} documentId={document.id} /> : <Button key={step} size="s" variant={index === 0 ? "primary" : "secondary"} onClick={() => actions.step(document, step)}>{stepWords[step]}</Button>)}</div>
    </div>
  );
}

function Facts({ document, collection }: { document: Document; collection: Collection | undefined }) {
  const toasts = useToasts();
  const origin = { file: "Added as a file", folder: "From a folder", upload: "Uploaded", web: "Web page" }[document.origin];
  const facts: [string, ReactNode][] = [
    ["State", <StateMark document={document} />],
    ["Collection", collection ? `${collection.name}${collection.private ? " (private)" : ""}` : "–"],
    ["Format", formatName(document.format)],
    ["Passages", document.passages ? count(document.passages) : "–"],
  ];
  if (document.title && document.title !== document.name) facts.unshift(["Name", document.name]);
  if (document.pages) facts.push([`${pageWord(document.format)[0]?.toUpperCase() ?? ""}${pageWord(document.format).slice(1)}s`, count(document.pages)]);
  if (document.recognition) facts.push(["Pictures", <RecognisedMark recognition={document.recognition} />]);
  if (document.sizeBytes !== undefined) facts.push(["Size", bytes(document.sizeBytes)]);
  if (document.modified) facts.push(["Modified", dateTime(document.modified)]);
  facts.push(["Added", `${dateTime(document.added)} · ${origin}`]);
  if (document.indexed) facts.push(["Indexed", dateTime(document.indexed)]);
  const copy = () => { navigator.clipboard.writeText(document.path).then(() => toasts.show({ title: "Copied" }), (error: unknown) => toasts.fail(error)); };
  return (
    <>
      <div className={css.path}>
        <span title={document.path}>{document.path}</span>
        <IconButton label={document.origin === "web" ? "Copy address" : "Copy path"} size="s" onClick={copy}><Copy /></IconButton>
        {shell() && (document.origin === "file" || document.origin === "folder") ? <IconButton label="Show in its folder" size="s" onClick={() => void shell()?.revealInFolder(document.path)}><FolderOpen /></IconButton> : null}
      </div>
      <dl className={css.facts}>{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </>
  );
}
