import { inspectGguf, type GgufInfo } from "../../base/gguf/info.ts";
import { LorekeepError } from "../../base/errors.ts";
import type { Mutex } from "../../base/mutex.ts";
import { pump } from "../../base/pump.ts";
import type { CheckEvent, CheckFinding, CheckInput, CheckReport } from "../../contract/check.ts";
import type { ModelShelf } from "../../models/shelf.ts";
import { tunable, type ShelfItem } from "../../models/types.ts";
import type { Probed, ProbeInput } from "../../workers/generator/contract.ts";
import { adapterFindings, baseFindings, mergedFindings, strengthFindings, templateFindings } from "./headers.ts";
import { readNumbers } from "./numbers.ts";
import { probeBoth, type Probing } from "./probing.ts";
import { verdictOf, type Evidence } from "./verdict.ts";

/** What a check asks of the generator. Whoever calls holds the turn. */
export interface ProbedModel {
  /** The model that is loaded now. */
  readonly loadedId: () => string | undefined;
  ensureLoaded(modelId: string, signal: AbortSignal): Promise<unknown>;
  probe(input: ProbeInput, signal: AbortSignal): AsyncIterable<Probed>;
}

export interface CheckMeans {
  readonly shelf: Pick<ModelShelf, "get" | "refresh" | "keepCheck">;
  readonly model: ProbedModel;
  /** One generation at a time, also among answers. */
  readonly turn: Mutex;
  /** Told of each item whose file turned out to be another one, when the check is over: what else was checked with it has to be checked again. */
  readonly onUpdated: (itemId: string) => void;
  /** Lorekeep is shutting down. */
  readonly closing: AbortSignal;
}

type Emit = (event: CheckEvent) => void;
/** `updated`: the items whose files turned out to be others. */
type Run = Probing["run"] & { readonly updated: string[] };

/** A fine-tune held against its base, both read. */
export interface Pair {
  readonly item: ShelfItem & { readonly kind: "adapter" | "model" };
  readonly base: ShelfItem;
  readonly itemInfo: GgufInfo;
  readonly baseInfo: GgufInfo;
}

/**
 * The health check: files first, then the model itself, without and with the fine-tune; the report is kept on the shelf. A loaded model that is
 * the base is used as it is; another one comes back afterwards. Files that were replaced are hashed again first, so that a report speaks of the very ones
 * that were asked.
 * @throws LorekeepError NOT_FOUND, INVALID (no base), MODEL_FAILED, WORKER_DIED; AbortError.
 */
export function check(input: CheckInput, means: CheckMeans, signal?: AbortSignal): AsyncGenerator<CheckEvent, void, void> {
  return pump<CheckEvent>(async (emit, stop) => {
    const started = performance.now();
    const updated: string[] = [];
    try {
      const { item, base, ...rest } = await examine(input, means, { emit, signal: stop, updated });
      const report: CheckReport = {
        itemId: item.id, fileSha256: item.sha256, baseId: base.id, baseSha256: base.sha256, checked: new Date().toISOString(), scale: item.kind === "adapter" ? input.scale : 1,
        ...verdictOf(rest), findings: [...rest.findings], samples: [...rest.samples], ...(rest.divergence ? { divergence: rest.divergence } : {}), ms: performance.now() - started,
      };
      await means.shelf.keepCheck(report);
      emit({ type: "done", report });
    } finally {
      for (const id of updated) means.onUpdated(id);
    }
  }, signal);
}

async function examine(input: CheckInput, means: CheckMeans, run: Run): Promise<Evidence & Pick<Pair, "item" | "base">> {
  const { item, base } = await both(input, means.shelf, run);
  const told = telling(run.emit);
  const evidence = { item, base, kind: item.kind === "adapter" ? ("adapter" as const) : ("model" as const), samples: [], sameQuantisation: item.kind === "adapter" || item.quantisation === base.quantisation };
  told.stage("file");
  const baseInfo = await inspectGguf(base.path, run);
  const itemInfo = await inspectGguf(item.path, run).catch((error: unknown) => unreadable(error, told.add));
  if (itemInfo) await examineFiles({ item, base, itemInfo, baseInfo }, told, run.signal);
  if (!itemInfo || told.failed()) return { ...evidence, findings: told.findings };
  const found = await probeBoth({ pair: { item, base, itemInfo, baseInfo }, input, means, run });
  for (const one of found.findings) told.add(one);
  return { ...evidence, ...found, findings: told.findings };
}

async function examineFiles({ item, base, itemInfo, baseInfo }: Pair, told: Told, signal: AbortSignal): Promise<void> {
  if (itemInfo.kind === "adapter") {
    const numbers = await readNumbers(item.path, itemInfo.header, signal);
    if (numbers.bad) told.add({ stage: "file", level: "failure", text: `The tensor ${numbers.bad} holds values that are no numbers.`, tensor: numbers.bad });
    else if (numbers.isZero) told.add({ stage: "file", level: "warning", text: "All its weights are zero on one side: it was never trained." });
    if (numbers.unread.length > 0) told.add({ stage: "file", level: "warning", text: `Tensors of the type ${numbers.unread.join(", ")} were not looked into.` });
  }
  for (const one of strengthFindings(itemInfo)) told.add(one);
  if (told.failed()) return;
  for (const one of itemInfo.kind === "adapter" ? adapterFindings(baseInfo, itemInfo) : mergedFindings(baseInfo, itemInfo)) {
    told.stage(one.stage);
    told.add(one);
  }
  if (told.failed()) return;
  told.stage("base");
  for (const one of baseFindings(item.fineTuneOf, itemInfo.baseSha256, base)) told.add(one);
  told.stage("template");
  for (const one of templateFindings(baseInfo, itemInfo)) told.add(one);
}

interface Told {
  readonly findings: readonly CheckFinding[];
  stage(stage: CheckFinding["stage"]): void;
  add(finding: CheckFinding): void;
  failed(): boolean;
}

function telling(emit: Emit): Told {
  const findings: CheckFinding[] = [];
  return {
    findings,
    stage: (stage) => emit({ type: "stage", stage, done: 0, total: 0 }),
    add: (finding) => {
      findings.push(finding);
      emit({ type: "finding", finding });
    },
    failed: () => findings.some(({ level }) => level === "failure"),
  };
}

async function both(input: CheckInput, shelf: CheckMeans["shelf"], run: Run): Promise<Pick<Pair, "item" | "base">> {
  const item = tunable(await asItIs(input.id, shelf, run));
  const baseId = input.baseId ?? item.fineTuneOf?.id;
  if (baseId === undefined) throw new LorekeepError("INVALID", { reason: `It is not known which model ${item.name} was made from.`, next: "Choose its base model.", field: "baseId" });
  const base = await asItIs(baseId, shelf, run);
  if (base.kind !== "model" || base.id === item.id) throw new LorekeepError("INVALID", { reason: `${base.name} cannot be the base of ${item.name}.`, next: "Choose the model it was made from.", field: "baseId" });
  const { name, path, state } = base;
  if (state === "missing") throw new LorekeepError("NOT_FOUND", { reason: `The file of ${name} is not where it was.`, next: `Put it back at ${path}, or add it again.` });
  return { item, base };
}

/** The item as its file is now. One that cannot be read any more stays as the shelf knew it: what is wrong with it is for the check to say. */
async function asItIs(id: string, shelf: CheckMeans["shelf"], { signal, updated }: Run): Promise<ShelfItem> {
  try {
    const found = await shelf.refresh(id, signal);
    if (found.updated) updated.push(id);
    return found.item;
  } catch (error) {
    if (!(error instanceof LorekeepError) || error.code !== "MODEL_REFUSED") throw error;
    return shelf.get(id);
  }
}

/** A file that is refused is a verdict; one that is gone is an error. */
function unreadable(error: unknown, add: (finding: CheckFinding) => void): undefined {
  if (!(error instanceof LorekeepError) || error.code !== "MODEL_REFUSED") throw error;
  add({ stage: "file", level: "failure", text: error.details.reason });
}
