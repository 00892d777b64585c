import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fromFileSystem } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import { rect, type Picture } from "../../contract/document.ts";

/** Of the way pictures are recognised. Raise it where older results are worth less than the time of a second recognition. 2: in the direction in which a page lies. */
const VERSION = 2;

/** What came of one picture; boxes in points of its page. A picture that could not be recognised keeps why, so that it is not tried for ever. */
const recognisedPicture = z.object({
  paragraphs: z.array(z.array(z.array(z.object({ text: z.string(), confidence: z.number(), rect })))),
  seconds: z.number(),
  failed: z.string().optional(),
});
export type RecognisedPicture = z.infer<typeof recognisedPicture>;
const kept = recognisedPicture.extend({ version: z.literal(VERSION) });

/** The same picture of the same bytes in the same languages is recognised once, whatever happens in between. */
export interface PictureKey {
  readonly contentHash: string;
  readonly picture: Picture;
  readonly languages: readonly string[];
}

const NEXT = ".next";

/** `<workspace>/recognised/<content hash>/<picture>.json`: one file per picture, written whole or not at all. */
export class PageCache {
  private readonly folder: string;

  constructor(workspace: string) {
    this.folder = join(workspace, "recognised");
  }

  async read(key: PictureKey): Promise<RecognisedPicture | undefined> {
    const text = await readFile(this.pathOf(key), "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      const { version: _, ...recognised } = kept.parse(JSON.parse(text));
      return recognised;
    } catch {
      return undefined; // Of another version or damaged: recognised again.
    }
  }

  async keep(key: PictureKey, recognised: RecognisedPicture): Promise<void> {
    const path = this.pathOf(key);
    try {
      await mkdir(join(this.folder, key.contentHash), { recursive: true });
      await writeFile(path + NEXT, JSON.stringify({ version: VERSION, ...recognised } satisfies z.infer<typeof kept>));
      await rename(path + NEXT, path);
    } catch (error) {
      throw fromFileSystem(error, path);
    }
  }

  /** Forgets what failed of a file, so that it is tried again. */
  async forgetFailures(contentHash: string): Promise<void> {
    const folder = join(this.folder, contentHash);
    for (const name of await readdir(folder).catch(() => [])) {
      const text = await readFile(join(folder, name), "utf8").catch(() => "");
      if (text.includes('"failed":')) await rm(join(folder, name), { force: true });
    }
  }

  async remove(contentHash: string): Promise<void> {
    await rm(join(this.folder, contentHash), { recursive: true, force: true });
  }

  /** Takes away what belongs to no document. */
  async sweep(isKnown: (contentHash: string) => boolean): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) if (!isKnown(name)) await rm(join(this.folder, name), { recursive: true, force: true });
  }

  private pathOf({ contentHash, picture, languages }: PictureKey): string {
    const { page = 1, part, area } = picture;
    const name = part !== undefined ? `part-${sha256(part).slice(0, 16)}` : ["page", page, ...(area ?? []).map(Math.round)].join("-");
    return join(this.folder, contentHash, `${name}.${languages.join("+")}.json`);
  }
}

/** The pictures of a document as the cache knows them. */
export async function cachedPictures(cache: PageCache, about: { contentHash: string; pictures: readonly Picture[]; languages: readonly string[] }) {
  const read = [];
  for (const picture of about.pictures) {
    const recognised = await cache.read({ contentHash: about.contentHash, picture, languages: about.languages });
    if (recognised) read.push({ picture, recognised });
  }
  return read;
}
