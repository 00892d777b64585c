import type { AnswerMode, AnswerOptions, AssistantMessage, SchemaUse, Source } from "../../engine/contract/index.ts";
import { LorekeepError, type ErrorCode } from "../../engine/base/errors.ts";
import { answeringId, collectionIds, parseAdapter } from "../lookup.ts";
import { recognisedNote, recognisedOf } from "../recognised.ts";
import { readSchema } from "../schema.ts";
import type { Session } from "../session.ts";
import { UsageError } from "../terminal.ts";
import { place } from "./search.ts";

export interface AskOptions {
  readonly mode?: AnswerMode;
  readonly collection: readonly string[];
  readonly model?: string;
  readonly adapter: readonly string[];
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly conversation?: string;
  readonly schema?: string;
  readonly schemaUse?: SchemaUse;
}

/** lorekeep ask "…": one question, answered in the chosen mode, streamed, with its sources. false: the answer does not follow the schema. */
export async function ask(session: Session, text: string, options: AskOptions): Promise<boolean> {
  const { client, terminal, signal } = session;
  const settings = await client.settings.get();
  const input = { text, options: await answerOptions(session, options, settings.answers.defaultMode), ...(options.conversation ? { conversationId: options.conversation } : {}) };
  let message: AssistantMessage | undefined;
  let streamed = "";
  for await (const event of await client.answers.ask(input, { signal })) {
    if (event.type === "step") terminal.progress(`${event.name} …`);
    if (event.type === "text") {
      terminal.endProgress();
      terminal.text(event.text);
      streamed += event.text;
    }
    if (event.type === "again") {
      terminal.endProgress();
      terminal.text("\n\nNothing of this stands in the sources. Asked again with less of them:\n\n");
    }
    if (event.type === "done") message = event.message;
  }
  terminal.endProgress();
  if (!message) throw new LorekeepError("INTERNAL", "The answer ended without a result.");
  if (message.error) {
    const { code, reason, next } = message.error;
    throw new LorekeepError(code as ErrorCode, { reason, ...(next === undefined ? {} : { next }) });
  }
  if (streamed === "") terminal.text(message.text);
  terminal.line();
  const recognised = await recognisedOf(client, message.sources.map(({ passage: { documentId }, range }) => ({ documentId, range })));
  printSources(session, message, recognised);
  if (message.format?.valid === false) terminal.say(`\nThe answer does not follow the JSON schema: ${message.format.problem ?? "it is another shape."}`);
  terminal.result(asJson(message, recognised));
  return message.format?.valid !== false || options.schema === undefined;
}

async function answerOptions({ client }: Session, options: AskOptions, defaultMode: AnswerMode): Promise<AnswerOptions> {
  const adapters = [];
  for (const text of options.adapter) {
    const { file, scale } = parseAdapter(text);
    adapters.push({ modelId: await answeringId(client, file, "adapter"), scale });
  }
  const ids = await collectionIds(client, options.collection);
  const mode = options.mode ?? defaultMode;
  return {
    mode,
    ...(await schemaOptions(options, mode)),
    adapters,
    filter: ids.length > 0 ? { collectionIds: ids } : {},
    sampling: {
      ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
      ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    },
    ...(options.model ? { modelId: await answeringId(client, options.model, "model") } : {}),
    ...(options.system ? { systemPrompt: options.system } : {}),
  };
}

async function schemaOptions({ schema, schemaUse }: AskOptions, mode: AnswerMode): Promise<Pick<AnswerOptions, "jsonSchema" | "jsonSchemaUse">> {
  if (schema === undefined) {
    if (schemaUse === undefined) return {};
    throw new UsageError("--schema-use says how a schema is used: give one with --schema FILE.");
  }
  if (mode === "quotes") throw new UsageError("Quotes are the documents’ own words and follow no schema: choose another --mode.");
  return { jsonSchema: await readSchema(schema), ...(schemaUse === undefined ? {} : { jsonSchemaUse: schemaUse }) };
}

type Recognised = Awaited<ReturnType<typeof recognisedOf>>;

function printSources({ terminal }: Session, message: AssistantMessage, recognised: Recognised): void {
  const cited = new Set(message.sentences.flatMap((s) => s.citations.map((c) => c.source)));
  const shown = message.sources.map((source, i) => ({ ...source, note: recognisedNote(recognised[i]) })).filter((s) => cited.has(s.number));
  if (shown.length > 0) terminal.line(`\nSources:\n${shown.map((s) => `  [${s.number}] ${place(s.passage)}${s.note}`).join("\n")}`);
  const open = message.sentences.filter((s) => s.claim && !s.supported);
  if (message.sources.length > 0 && open.length > 0) terminal.line(`\nNot supported by any source:\n${open.map((s) => `  - ${s.text}`).join("\n")}`);
  const wrong = message.sentences.filter((s) => s.flags.includes("wrong-marker"));
  if (wrong.length > 0) terminal.line(`\nThe model named a source that does not support this, or none it was given:\n${wrong.map((s) => `  - ${s.text}${s.named ? ` (${s.named.join(", ")})` : ""}`).join("\n")}`);
}

function asJson(message: AssistantMessage, recognised: Recognised) {
  const byNumber = new Map<number, Source & { recognised?: number | undefined }>(message.sources.map((s, i) => [s.number, { ...s, recognised: recognised[i] }]));
  return {
    mode: message.trace.mode,
    answer: message.text,
    ...(message.format ? { format: message.format } : {}),
    sentences: message.sentences.map((sentence) => ({
      text: sentence.text,
      supported: sentence.supported,
      ...(sentence.named ? { named: sentence.named } : {}),
      ...(sentence.flags.length > 0 ? { flags: sentence.flags } : {}),
      citations: sentence.citations.flatMap((citation) => {
        const source = byNumber.get(citation.source);
        if (!source) return [];
        const { passage: { path, page }, recognised: confidence } = source;
        return [{ path, ...(page === undefined ? {} : { page }), text: citation.text, ...(confidence === undefined ? {} : { recognised: confidence }) }];
      }),
    })),
    trace: message.trace,
  };
}
