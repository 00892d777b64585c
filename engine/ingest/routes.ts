import type { z } from "zod";
import type { watchedFolder } from "../contract/library.ts";
import { LorekeepError } from "../base/errors.ts";
import { os } from "../contract/server.ts";
import { addPage, addPaths, addUploads, type Added } from "./sources/add.ts";
import { createCollection, letGo, removeCollection, removeDocuments, retryDocuments, updateCollection, updateDocument } from "./sources/change.ts";
import type { Library } from "./library.ts";
import { passages } from "./show/passages.ts";
import { decideRecognition } from "./recognise/decide.ts";
import { content, highlight, recognised } from "./show/show.ts";
import { collectionViews, documentView, listDocuments } from "./registry/views.ts";

/** The contract's collections, documents, folders and queue, served by a library. */
export function libraryRoutes(library: Library) {
  return { collections: collectionRoutes(library), documents: documentRoutes(library), folders: folderRoutes(library), queue: queueRoutes(library) };
}

function collectionRoutes({ parts, folders }: Library) {
  const { registry } = parts;
  const view = (id: string) => ({ ...registry.collection(id), documents: 0, passages: 0, ...collectionViews(registry).find((shown) => shown.id === id) });
  return {
    list: os.collections.list.handler(() => collectionViews(registry)),
    create: os.collections.create.handler(async ({ input }) => view((await createCollection(parts, input)).id)),
    update: os.collections.update.handler(async ({ input }) => view((await updateCollection(parts, input)).id)),
    remove: os.collections.remove.handler(({ input }) => removeCollection(parts, input.id, (id) => folders.unfollow(id))),
  };
}

function documentRoutes({ parts, folders, pages, embedder }: Library) {
  const { registry } = parts;
  const result = ({ added, unchanged, skipped }: Added) => ({ added: added.map(documentView), unchanged, skipped: [...skipped] });
  return {
    list: os.documents.list.handler(({ input }) => listDocuments(registry, input)),
    get: os.documents.get.handler(({ input }) => documentView(registry.get(input.id))),
    add: os.documents.add.handler(async ({ input, signal }) => {
      const added = await addPaths(parts, input, signal);
      for (const folder of added.folders) await folders.follow(folder);
      return result(added);
    }),
    addPage: os.documents.addPage.handler(async ({ input, signal }) => documentView(await addPage(parts, input, signal ? AbortSignal.any([signal, parts.closing]) : parts.closing))),
    addUploads: os.documents.addUploads.handler(async ({ input }) => result(await addUploads(parts, input.uploadIds, input.collectionId))),
    update: os.documents.update.handler(async ({ input }) => documentView(await updateDocument(parts, input))),
    remove: os.documents.remove.handler(async ({ input }) => ({ removed: await removeDocuments(parts, input.ids) })),
    retry: os.documents.retry.handler(async ({ input }) => ({ queued: await retryDocuments(parts, input) })),
    content: os.documents.content.handler(({ input }) => content(parts, input)),
    passages: os.documents.passages.handler(({ input, signal }) => passages(parts, embedder, input, signal)),
    highlight: os.documents.highlight.handler(({ input }) => highlight(parts, input)),
    recognised: os.documents.recognised.handler(({ input }) => recognised(parts, input)),
    pageImage: os.documents.pageImage.handler(({ input, signal }) => pages.draw(parts, input, signal)),
  };
}

function folderRoutes({ parts, folders }: Library) {
  const { registry } = parts;
  const documentsOf = (folderId: string) => [...registry.all()].filter((record) => record.folderId === folderId);
  return {
    list: os.folders.list.handler(() => registry.allFolders().map(({ id, path, collectionId }): z.output<typeof watchedFolder> => ({ id, path, collectionId, state: folders.stateOf(id), documents: documentsOf(id).length }))),
    remove: os.folders.remove.handler(async ({ input }) => {
      if (!registry.allFolders().some(({ id }) => id === input.id)) throw new LorekeepError("NOT_FOUND", { reason: "This folder is not followed.", field: "id" });
      await folders.unfollow(input.id);
      await parts.changes.add(() => letGo(parts, documentsOf(input.id).map(({ id }) => id), input.forget));
    }),
  };
}

function queueRoutes({ parts }: Library) {
  const { queue } = parts;
  return {
    progress: os.queue.progress.handler(() => queue.progress()),
    watch: os.queue.watch.handler(async function* ({ signal }) {
      const changes = queue.changes.stream(signal);
      // Asked for before the first report, so that no change between the two is missed.
      let next = changes.next();
      for (yield queue.progress(); !(await next).done; yield queue.progress()) next = changes.next();
    }),
    recognise: os.queue.recognise.handler(async ({ input }) => ({ documents: await decideRecognition(parts, input) })),
    pause: os.queue.pause.handler(() => queue.pause()),
    resume: os.queue.resume.handler(() => queue.resume()),
    cancel: os.queue.cancel.handler(async ({ input }) => ({ cancelled: await queue.cancel(input.ids) })),
    idle: os.queue.idle.handler(({ signal }) => queue.idle(signal)),
  };
}
