import { LRUCache } from "lru-cache";
import { LorekeepError } from "../../base/errors.ts";
import { confidenceOf, type Block, type CharRange, type DocumentFormat, type PageInfo } from "../../contract/document.ts";
import type { WorkerHost } from "../../workers/host.ts";
import type { readerContract } from "../../workers/reader/contract.ts";
import { Supervisor } from "../../workers/supervisor.ts";
import { rectanglesOf } from "./highlight.ts";
import type { IngestLimits } from "../limits.ts";
import { sourceOf, type LibraryParts } from "../parts.ts";

export interface ContentPiece {
  readonly blocks: Block[];
  readonly firstBlock: number;
  readonly totalBlocks: number;
  readonly pages: PageInfo[];
  readonly title?: string;
  readonly format: DocumentFormat;
}

/** Blocks around a range, or from one on, at most `limit`. */
export async function content(parts: LibraryParts, input: { id: string; around?: CharRange | undefined; fromBlock: number; limit: number }): Promise<ContentPiece> {
  parts.registry.get(input.id);
  const { blocks, pages, title, format } = await parts.shelf.read(input.id);
  const first = input.around ? firstAround(blocks, input.around, input.limit) : Math.min(input.fromBlock, blocks.length);
  return { blocks: blocks.slice(first, first + input.limit), firstBlock: first, totalBlocks: blocks.length, pages, format, ...(title === undefined ? {} : { title }) };
}

/** Starts a little above the range, so that it is read in its surroundings, and holds all of it where `limit` allows. */
function firstAround(blocks: readonly Block[], { start, end }: CharRange, limit: number): number {
  const from = Math.max(0, blocks.findIndex((block) => block.start + block.text.length > start));
  const behind = blocks.findIndex((block) => block.start >= end);
  const touched = (behind < 0 ? blocks.length : behind) - from;
  return Math.max(0, from - Math.max(0, Math.floor((limit - touched) / 2)));
}

export async function highlight(parts: LibraryParts, input: { id: string; ranges: readonly CharRange[] }): Promise<ReturnType<typeof rectanglesOf>> {
  parts.registry.get(input.id);
  return rectanglesOf((await parts.shelf.read(input.id)).runs, input.ranges);
}

/** Mean confidence in each range; null where nothing of it was recognised. Documents without pictures are not opened for it. */
export async function recognised(parts: LibraryParts, input: { id: string; ranges: readonly CharRange[] }): Promise<(number | null)[]> {
  if (parts.registry.get(input.id).recognition === undefined) return input.ranges.map(() => null);
  const { blocks } = await parts.shelf.read(input.id);
  return input.ranges.map((range) => confidenceOf(blocks, range) ?? null);
}

export interface PageImage {
  readonly png: string;
  readonly width: number;
  readonly height: number;
}

const CACHE_BYTES = 24 * 2 ** 20;
const RENDER_MS = 60_000;

/** Draws pages in a reader process of its own: what a person looks at never waits for what is being indexed. */
export class PageViewer {
  private readonly supervisor: Supervisor<typeof readerContract>;
  private readonly images = new LRUCache<string, PageImage>({ maxSize: CACHE_BYTES, sizeCalculation: ({ png }) => png.length + 1 });

  constructor(host: WorkerHost, limits: IngestLimits) {
    this.supervisor = new Supervisor(host, "reader", { memoryMb: limits.readerMemoryMb, idleMs: 60_000, startMs: 30_000 });
  }

  async draw(parts: LibraryParts, input: { id: string; page: number; width: number }, signal?: AbortSignal): Promise<PageImage> {
    const record = parts.registry.get(input.id);
    if (record.format !== "pdf" && record.format !== "image") throw new LorekeepError("UNSUPPORTED", { reason: "Only pages of PDFs and pictures can be drawn.", next: "Show the text instead." });
    const key = JSON.stringify([input, record.contentHash]);
    const known = this.images.get(key);
    if (known) return known;
    const { file, password } = sourceOf(parts, record);
    const image = await this.supervisor.call(
      (client, stop) => client.renderPage({ path: file, page: input.page, width: input.width, ...(password === undefined ? {} : { password }) }, { signal: stop }),
      { deadlineMs: RENDER_MS, signal },
    );
    this.images.set(key, image);
    return image;
  }

  get state(): Supervisor<typeof readerContract>["state"] {
    return this.supervisor.state;
  }

  dispose(): void {
    this.supervisor.dispose();
    this.images.clear();
  }
}
