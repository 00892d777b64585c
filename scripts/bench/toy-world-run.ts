import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineClient, KnownQuestion, QuestionSet, RunAnswer, RunInput, RunReport, RunVariant } from "../../engine/contract/index.ts";
import { cornerNames, runInput } from "../../engine/contract/index.ts";

/** One of the toy world's questions; see test/fixtures/toy-world/README.md. */
export interface ToyQuestion {
  readonly id: string;
  readonly question: string;
  readonly answer: string | null;
  readonly document: string | null;
  readonly expects: "fact" | "unanswerable" | "followup";
  readonly wording?: "seen" | "new";
  readonly history?: readonly { readonly question: string; readonly answer: string }[];
}

export interface ToyWorld {
  readonly modelId: string;
  readonly adapterId: string;
  readonly set: QuestionSet;
}

/** The toy world's documents, model and adapter put into an engine, and its questions saved there as a set. `tags` say what a question expects and how it is worded. */
export async function openToyWorld(client: EngineClient, world: string): Promise<ToyWorld> {
  await client.documents.add({ paths: [join(world, "documents")] });
  await client.queue.idle();
  const model = await imported(client, join(world, "models", "toy-world-base-q8.gguf"));
  const adapter = await imported(client, join(world, "models", "toy-world-lora-v1.gguf"));
  const lines = readFileSync(join(world, "questions.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as ToyQuestion);
  const jsonSchema = JSON.parse(readFileSync(join(world, "answer.schema.json"), "utf8")) as Record<string, unknown>;
  const set = await client.evaluation.sets.save({ name: "Toy world", questions: lines.map(known), jsonSchema });
  return { modelId: model, adapterId: adapter, set };
}

async function imported(client: EngineClient, path: string): Promise<string> {
  for await (const event of await client.models.import({ path, mode: "link" })) if (event.type === "done") return event.item.id;
  throw new Error(`${path} was not taken.`);
}

const known = ({ id, question, answer, document, expects, wording, history }: ToyQuestion): KnownQuestion => ({
  id, question, tags: [expects, ...(wording === "new" ? ["new wording"] : [])], ...(history ? { history: history.map((one) => ({ question: one.question, answer: one.answer })) } : {}),
  ...(answer === null ? { unanswerable: true } : { expectAnswers: [answer], ...(document === null ? {} : { expectDocument: document }) }),
});

/** The four corners, and documents once more with the schema enforced where `enforced` is asked for. Answers of the toy world are short. */
export function toyVariants({ modelId, adapterId }: ToyWorld, modes: readonly (keyof typeof cornerNames)[], enforced = false): RunVariant[] {
  const sampling = { maxTokens: 80 };
  const corners = modes.map((mode): RunVariant => ({ name: cornerNames[mode], mode, modelId, sampling, enforceSchema: false, adapters: mode === "fine-tune" || mode === "hybrid" ? [{ modelId: adapterId, scale: 1 }] : [] }));
  return enforced ? [...corners, { name: "Documents, schema enforced", mode: "documents", modelId, sampling, adapters: [], enforceSchema: true }] : corners;
}

export interface FinishedRun { readonly id: string; readonly report: RunReport; readonly answers: readonly RunAnswer[] }

/** Runs to the end. @throws Error with the run's own reason where it ends otherwise */
export async function runToEnd(client: EngineClient, input: Pick<RunInput, "setId" | "variants"> & Partial<RunInput>, onProgress: (done: number, total: number) => void = () => undefined): Promise<FinishedRun> {
  const { id } = await client.evaluation.runs.start(runInput.parse(input));
  for await (const event of await client.evaluation.runs.watch({ id })) {
    if (event.type !== "state") continue;
    onProgress(event.run.progress.done, event.run.progress.total);
    if (event.run.state === "failed" || event.run.state === "stopped") throw new Error(event.run.error?.reason ?? "The run was stopped.");
  }
  return { id, report: await client.evaluation.runs.report({ id }), answers: await client.evaluation.runs.answers({ id }) };
}

/** The columns of the toy world's own table for one corner. */
export function toyRow({ report, answers }: FinishedRun, set: QuestionSet, name: string): Record<"fact" | "follow-up" | "cited" | "refuses" | "format" | "new wording" | "found" | "right & supported" | "wrong & flagged", number> {
  const corner = report.corners.find((one) => one.name === name);
  const tag = (wanted: string, measure: "fact" | "refusal") => corner?.byTag.find((one) => one.tag === wanted)?.scores[measure] ?? Number.NaN;
  const own = answers.filter(({ variant }) => variant === name);
  const answerable = new Set(set.questions.filter(({ unanswerable }) => !unanswerable).map(({ id }) => id));
  const asked = own.filter(({ questionId }) => answerable.has(questionId));
  const content = ({ scores }: RunAnswer) => scores.fact ?? scores.refused;
  const claiming = own.filter(({ sentences }) => sentences.some(({ claim }) => claim));
  const supported = ({ sentences }: RunAnswer) => sentences.every(({ claim, supported: is }) => !claim || is);
  return {
    fact: tag("fact", "fact"), "follow-up": tag("followup", "fact"), cited: share(asked, ({ scores }) => scores.fact === true && scores.marked === true), refuses: tag("unanswerable", "refusal"),
    format: corner?.scores.format?.mean ?? Number.NaN, "new wording": tag("new wording", "fact"), found: corner?.scores.recall?.mean ?? Number.NaN,
    "right & supported": share(claiming.filter(content), supported), "wrong & flagged": share(claiming.filter((one) => !content(one)), (one) => !supported(one)),
  };
}

const share = (all: readonly RunAnswer[], holds: (one: RunAnswer) => boolean): number => (all.length === 0 ? Number.NaN : all.filter(holds).length / all.length);
