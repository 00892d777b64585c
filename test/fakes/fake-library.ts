import { LorekeepError } from "../../engine/base/errors.ts";
import type { Collection, Document, DocumentState, QueueProgress } from "../../engine/contract/index.ts";
import { documentStates } from "../../engine/contract/index.ts";
import { os } from "../../engine/contract/server.ts";
import { costsOf } from "../../engine/ingest/recognise/record.ts";
import { buildDocument, corpus, drawPage, highlightOf, type FakeDocument } from "./corpus.ts";
import type { FakeWorld } from "./fake-world.ts";

export function seedLibrary(world: FakeWorld, options: { empty: boolean; many: number }): void {
  world.collections.push(
    { id: "c-main", name: "Documents", private: false, created: "2026-05-01T08:00:00.000Z", documents: 0, passages: 0, isDefault: true },
    { id: "c-work", name: "Work", private: false, created: "2026-05-01T08:00:00.000Z", documents: 0, passages: 0, isDefault: false },
    { id: "c-diary", name: "Diary", private: true, created: "2026-05-01T08:00:00.000Z", documents: 0, passages: 0, isDefault: false },
  );
  if (options.empty) return;
  for (const spec of corpus) add(world, buildDocument(spec, world.id("d")));
  for (let index = 0; index < options.many; index++) {
    const entry = buildDocument({ name: `Minutes ${String(index + 1).padStart(4, "0")}.txt`, format: "text", collectionId: "c-work", pieces: [{ p: `Minutes of meeting ${index + 1}. The chair opened the meeting.` }] }, world.id("d"));
    add(world, entry);
  }
  const broken = buildDocument({ name: "Scanned lease.pdf", format: "pdf", collectionId: "c-work", pieces: [{ page: 1 }] }, world.id("d"));
  Object.assign(broken.document, { state: "failed", passages: 0, reason: { code: "encrypted", message: "This PDF is protected by a password.", next: "Enter the password to read it." } });
  add(world, broken);
}

const add = (world: FakeWorld, entry: FakeDocument) => { world.documents.set(entry.document.id, entry); };

function find(world: FakeWorld, id: string): FakeDocument {
  const entry = world.documents.get(id);
  if (!entry) throw new LorekeepError("NOT_FOUND", { reason: "This document is no longer in the library.", next: "Add it again to see it here." });
  return entry;
}

export const counted = (world: FakeWorld, collection: Collection): Collection => {
  const own = [...world.documents.values()].filter((entry) => entry.document.collectionId === collection.id);
  return { ...collection, documents: own.length, passages: own.reduce((sum, entry) => sum + entry.document.passages, 0) };
};

/** Queues documents and works through them, a state at a time, as slowly as a person can watch. */
function enqueue(world: FakeWorld, names: string[], collectionId: string | undefined): Document[] {
  const added = names.map((name) => {
    const format = /\.(md|txt|pdf)$/.test(name) ? (name.endsWith(".pdf") ? "pdf" : name.endsWith(".md") ? "markdown" : "text") : "text";
    const entry = buildDocument({ name: name.split(/[\\/]/).pop() ?? name, format, collectionId: collectionId ?? "c-main", pieces: [{ page: 1 }, { p: `${name} is a document that was added in this session. It says that the lantern feast of Naldor is held in October.` }] }, world.id("d"));
    entry.document.state = "queued";
    entry.document.added = new Date().toISOString();
    add(world, entry);
    world.queue.waiting.push(entry.document.id);
    return { ...entry.document };
  });
  world.changed("documents");
  void work(world);
  return added;
}

async function work(world: FakeWorld): Promise<void> {
  if (world.queue.running) return;
  world.queue.running = true;
  while (!world.queue.paused && !world.disposed) {
    const id = world.queue.waiting.shift();
    const entry = id === undefined ? undefined : world.documents.get(id);
    if (!entry) { if (world.queue.waiting.length === 0) break; continue; }
    world.queue.active = entry.document.id;
    for (const state of ["reading", "embedding", "indexed"] as const) {
      if (entry.document.state === "cancelled") break;
      entry.document.state = state;
      world.changed("documents", entry.document.id);
      world.queueChanged(progress(world));
      if (state !== "indexed") await world.sleep(world.stepMs);
    }
    world.queue.active = undefined;
    world.queue.done++;
  }
  world.queue.running = false;
  if (world.queue.waiting.length === 0) world.queue.done = 0;
  world.queueChanged(progress(world));
}

const SECONDS_PER_PICTURE = 4;

export function progress(world: FakeWorld): QueueProgress {
  const { queue } = world;
  const active = queue.active === undefined ? undefined : world.documents.get(queue.active);
  const costs = costsOf([...world.documents.values()].map(({ document }) => document), SECONDS_PER_PICTURE);
  return {
    paused: queue.paused, waiting: queue.waiting.length, active: active ? 1 : 0, done: queue.done, failed: 0, passagesPerSecond: active ? 42 : 0,
    current: active ? [{ documentId: active.document.id, name: active.document.name, step: active.document.state === "embedding" ? "embedding" : "reading", fraction: 0.5 }] : [],
    ...(costs ? { recognition: costs } : {}),
    ...(queue.waiting.length > 2 ? { etaSeconds: queue.waiting.length * 2 } : {}),
  };
}

export function libraryHandlers(world: FakeWorld) {
  const listed = () => [...world.documents.values()].map((entry) => entry.document);
  const collectionOf = (id: string): Collection => {
    const found = world.collections.find((collection) => collection.id === id);
    if (!found) throw new LorekeepError("NOT_FOUND", "There is no such collection.");
    return found;
  };
  return {
    collections: {
      list: os.collections.list.handler(() => world.collections.map((collection) => counted(world, collection))),
      create: os.collections.create.handler(({ input }) => {
        if (world.collections.some((collection) => collection.name === input.name)) throw new LorekeepError("CONFLICT", { reason: `There is already a collection called “${input.name}”.`, field: "name" });
        const made: Collection = { id: world.id("c"), name: input.name, private: input.private, created: new Date().toISOString(), documents: 0, passages: 0, isDefault: false };
        world.collections.push(made);
        world.changed("collections", made.id);
        return made;
      }),
      update: os.collections.update.handler(({ input }) => { const found = Object.assign(collectionOf(input.id), input); world.changed("collections", input.id); return counted(world, found); }),
      remove: os.collections.remove.handler(({ input }) => {
        world.collections.splice(world.collections.indexOf(collectionOf(input.id)), 1);
        for (const document of listed()) if (document.collectionId === input.id) world.documents.delete(document.id);
        world.changed("collections", input.id);
      }),
    },
    documents: {
      list: os.documents.list.handler(({ input }) => {
        const inScope = listed().filter((document) => (!input.collectionId || document.collectionId === input.collectionId) && (!input.text || document.path.toLowerCase().includes(input.text.toLowerCase())));
        const byState = Object.fromEntries(documentStates.map((state) => [state, inScope.filter((document) => document.state === state).length])) as Record<DocumentState, number>;
        const keys = { added: (d: Document) => d.added, name: (d: Document) => d.name, state: (d: Document) => d.state, format: (d: Document) => d.format ?? "", passages: (d: Document) => String(d.passages).padStart(15, "0"), pages: (d: Document) => String(d.pages ?? 0).padStart(15, "0"), modified: (d: Document) => d.modified ?? "", size: (d: Document) => String(d.sizeBytes ?? 0).padStart(15, "0") };
        const wanted = inScope.filter((document) => !input.states || input.states.includes(document.state)).sort((a, b) => keys[input.sort](a).localeCompare(keys[input.sort](b)) * (input.descending ? -1 : 1));
        return { documents: wanted.slice(input.offset, input.offset + input.limit), total: wanted.length, byState };
      }),
      get: os.documents.get.handler(({ input }) => find(world, input.id).document),
      add: os.documents.add.handler(({ input }) => {
        const unreadable = input.paths.filter((path) => path.endsWith(".dwg"));
        if (input.watch) for (const path of input.paths) world.folders.push({ id: world.id("f"), path, collectionId: input.collectionId ?? "c-main", state: "watching", documents: 1 });
        if (input.watch) world.changed("folders");
        return {
          added: enqueue(world, input.paths.filter((path) => !unreadable.includes(path)), input.collectionId), unchanged: 0,
          skipped: unreadable.map((path) => ({ path, reason: { code: "unsupported" as const, message: "Lorekeep cannot read this kind of file (AutoCAD drawing)." } })),
        };
      }),
      addPage: os.documents.addPage.handler(({ input }) => {
        const [document] = enqueue(world, [input.url], input.collectionId);
        if (!document) throw new LorekeepError("INTERNAL", "Nothing was queued.");
        return document;
      }),
      addUploads: os.documents.addUploads.handler(({ input }) => ({ added: enqueue(world, input.uploadIds.map((id) => world.uploads.get(id) ?? id), input.collectionId), unchanged: 0, skipped: [] })),
      update: os.documents.update.handler(({ input }) => { const entry = find(world, input.id); Object.assign(entry.document, input); world.changed("documents", input.id); return entry.document; }),
      remove: os.documents.remove.handler(({ input }) => { const removed = input.ids.filter((id) => world.documents.delete(id)).length; world.changed("documents"); return { removed }; }),
      retry: os.documents.retry.handler(({ input }) => {
        const failed = listed().filter((document) => (input.allFailed && document.state === "failed") || input.ids?.includes(document.id));
        for (const document of failed) { document.state = "queued"; delete document.reason; world.queue.waiting.push(document.id); }
        world.changed("documents");
        void work(world);
        return { queued: failed.length };
      }),
      content: os.documents.content.handler(({ input }) => {
        const entry = find(world, input.id);
        const touched = input.around ? entry.blocks.findIndex((block) => block.start + block.text.length >= (input.around?.start ?? 0)) : input.fromBlock;
        const first = Math.max(0, input.around ? touched - Math.floor(input.limit / 2) : touched);
        return {
          blocks: entry.blocks.slice(first, first + input.limit), firstBlock: first, totalBlocks: entry.blocks.length, format: entry.document.format ?? "text",
          pages: Array.from({ length: entry.pageCount }, (_, index) => ({ page: index + 1, width: 612, height: 792, hasText: true })), ...(entry.document.title ? { title: entry.document.title } : {}),
        };
      }),
      passages: os.documents.passages.handler(({ input }) => {
        const texts = find(world, input.id).blocks.filter(({ kind }) => kind !== "heading");
        return {
          total: texts.length,
          passages: texts.slice(input.from, input.from + input.limit).map(({ text, start, headingPath, page }, i) => ({ position: input.from + i, range: { start, end: start + text.length }, headingPath, text, tokens: text.split(/\s+/).length + 2, ...(page === undefined ? {} : { page }) })),
        };
      }),
      recognised: os.documents.recognised.handler(({ input }) => input.ranges.map(() => find(world, input.id).document.recognition?.confidence ?? null)),
      highlight: os.documents.highlight.handler(({ input }) => highlightOf(find(world, input.id), input.ranges)),
      pageImage: os.documents.pageImage.handler(({ input }) => drawPage(find(world, input.id), input.page, input.width)),
    },
    folders: {
      list: os.folders.list.handler(() => world.folders),
      remove: os.folders.remove.handler(({ input }) => { world.folders = world.folders.filter((folder) => folder.id !== input.id); world.changed("folders", input.id); }),
    },
    queue: {
      progress: os.queue.progress.handler(() => progress(world)),
      watch: os.queue.watch.handler(async function* ({ signal }) { yield progress(world); yield* world.queueEvents(signal); }),
      pause: os.queue.pause.handler(() => { world.queue.paused = true; world.queueChanged(progress(world)); }),
      resume: os.queue.resume.handler(() => { world.queue.paused = false; world.queueChanged(progress(world)); void work(world); }),
      cancel: os.queue.cancel.handler(({ input }) => {
        const ids = input.ids ?? [...world.queue.waiting];
        world.queue.waiting = world.queue.waiting.filter((id) => !ids.includes(id));
        for (const id of ids) { const entry = world.documents.get(id); if (entry) entry.document.state = "cancelled"; }
        world.changed("documents");
        world.queueChanged(progress(world));
        return { cancelled: ids.length };
      }),
      recognise: os.queue.recognise.handler(({ input }) => {
        const asking = [...world.documents.values()].filter(({ document }) => (input.ids ? input.ids.includes(document.id) : document.recognition?.state === "ask"));
        for (const { document } of asking) if (document.recognition) document.recognition.state = input.start ? "agreed" : "skipped";
        world.changed("documents");
        world.queueChanged(progress(world));
        return { documents: asking.length };
      }),
      idle: os.queue.idle.handler(async () => { while (world.queue.running && !world.queue.paused) await world.sleep(20); return progress(world); }),
    },
  };
}
