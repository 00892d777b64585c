import { Command, CommanderError, Option } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAbort } from "../engine/base/errors.ts";
import { answerModes, convertTypes, documentStates, mergeTypes, schemaUses } from "../engine/contract/index.ts";
import { collect, integer, number, type AddCommand, type Within } from "./arguments.ts";
import { add } from "./commands/add.ts";
import { ask } from "./commands/ask.ts";
import { checkFineTune } from "./commands/check.ts";
import { addLanguage, listLanguages, removeLanguage } from "./commands/languages.ts";
import { documents, remove, retry } from "./commands/library.ts";
import { addModel, catalogue, downloadModel, listModels, removeModel } from "./commands/models.ts";
import { promoteVersion, type PromoteOptions } from "./commands/promote.ts";
import { search } from "./commands/search.ts";
import { serveCommand } from "./commands/serve.ts";
import { status } from "./commands/status.ts";
import { convertAdapter, mergeModels } from "./commands/tune.ts";
import { addVersion, listVersions, rollBack, setBase } from "./commands/versions.ts";
import { evaluationCommands } from "./evaluation-commands.ts";
import { withEngine, type GlobalOptions, type Installation, type Session } from "./session.ts";
import { createTerminal, describeError, UsageError } from "./terminal.ts";

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs the command line. Sets process.exitCode: 0 done, 1 failed, 2 wrong usage, 130 stopped with Ctrl-C. */
export async function run(options: { resources: string; argv: readonly string[] }): Promise<void> {
  const installation = { resources: options.resources, version: readVersion(options.resources) };
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    await program(installation, interrupt.signal).parseAsync([...options.argv]);
    if (interrupt.signal.aborted) process.exitCode ??= EXIT.interrupted;
  } catch (error) {
    process.exitCode = exitCode(error, interrupt.signal, options.argv.includes("--json"));
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

function exitCode(error: unknown, interrupted: AbortSignal, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage; // It has already said what is wrong.
  const terminal = createTerminal(json);
  if (interrupted.aborted || isAbort(error)) {
    terminal.say("Stopped.");
    return EXIT.interrupted;
  }
  const { code, reason, next, detail } = error instanceof UsageError ? { code: "USAGE", reason: error.message, next: undefined, detail: undefined } : describeError(error);
  terminal.say(next ? `${reason}\n${next}` : reason);
  if (detail && process.env.LOREKEEP_DEBUG) terminal.say(detail);
  terminal.result({ error: { code, reason, ...(next ? { next } : {}) } });
  return error instanceof UsageError || code === "INVALID" ? EXIT.usage : EXIT.failed;
}

function readVersion(resources: string): string {
  const { version } = JSON.parse(readFileSync(join(resources, "package.json"), "utf8")) as { version: string };
  return version;
}

function program(installation: Installation, signal: AbortSignal): Command {
  const root = new Command("lorekeep").description("Your documents, your models, your machine: ask, and see where it is written.").version(installation.version)
    .option("--workspace <folder>", "folder that keeps everything (or LOREKEEP_WORKSPACE)")
    .option("--store <place>", "keep passages and vectors here instead of in the workspace: a folder, s3://bucket/folder or db://name (or LOREKEEP_STORE); anything but a folder takes your documents' text off this machine")
    .option("--json", "print exactly one JSON document on standard output")
    .exitOverride().showHelpAfterError("(see --help)");

  /** Every command runs the same way: engine up, work, engine down; a `false` result is a failure. */
  const within = <A extends unknown[]>(work: (session: Session, ...args: A) => Promise<boolean | void>, hostKind: "cli" | "serve" = "cli") => async (...args: [...A, Command]) => {
    const command = args.pop() as Command;
    const globals = command.optsWithGlobals<GlobalOptions>();
    const terminal = createTerminal(Boolean(globals.json));
    const done = await withEngine({ installation, globals, terminal, signal, hostKind }, (session) => work(session, ...(args as unknown as A)));
    if (done === false) process.exitCode = EXIT.failed;
  };
  const command = (parent: Command, name: string, about: string, examples: string) =>
    inherit(parent.command(name).description(about).addHelpText("after", `\nExamples:\n${examples.split("\n").map((line) => `  $ ${line.trim()}`).join("\n")}`));

  command(root, "add <paths...>", "Add files, folders or web pages and wait until they are indexed.", "lorekeep add ~/Documents/contracts --collection Law\nlorekeep add report.pdf notes.md --no-wait\nlorekeep add https://example.org/handbook.html")
    .option("--collection <name>", "put them into this collection; made if it is not there").option("--watch", "follow the folders from now on")
    .option("--private", "keep them out of answers until unlocked").option("--no-wait", "return as soon as they are queued")
    .addOption(new Option("--ocr <how>", "text recognition of scans and pictures: without asking, or not at all (default: the setting)").choices(["auto", "off"]))
    .action(within(add));

  command(root, "ask <question>", "Answer a question, with citations.", 'lorekeep ask "When does the lease end?"\nlorekeep ask "Who signed?" --mode documents --model llama.gguf --collection Law\nlorekeep ask "Summarise" --mode hybrid --model base.gguf --adapter tone.gguf:0.8 --json\nlorekeep ask "Who is the landlord?" --mode documents --schema answer.schema.json')
    .addOption(new Option("--mode <mode>", "how to answer (default: the setting)").choices(answerModes))
    .option("--collection <name>", "search only here (repeatable)", collect, []).option("--model <model>", "name on the shelf, or a GGUF file")
    .option("--adapter <file[:scale]>", "LoRA adapter with its scale, 0 to 2 (repeatable)", collect, []).option("--system <text>", "system prompt")
    .option("--temperature <number>", "0 is greedy", number).option("--max-tokens <number>", "longest answer", integer).option("--seed <number>", "for repeatable answers", integer)
    .option("--conversation <id>", "go on with a conversation")
    .option("--schema <file>", "JSON schema that the answer must follow; exit code 1 where it does not").addOption(new Option("--schema-use <how>", "enforce it by grammar while the answer is written, or only check the answer (default: enforce)").choices(schemaUses))
    .action(within(ask));

  command(root, "search [question]", "The best passages, without a model.", 'lorekeep search "notice period" --limit 5\nlorekeep search --queries questions.jsonl --json')
    .option("--limit <number>", "how many", integer, 10).option("--collection <name>", "search only here (repeatable)", collect, [])
    .option("--queries <file>", 'many at once: lines {"id": …, "text": …}').action(within(search));

  evaluationCommands(root, command, within);

  command(root, "documents", "Every document with its state and reason.", "lorekeep documents\nlorekeep documents --state failed --json")
    .addOption(new Option("--state <state>", "only these").choices(documentStates)).option("--collection <name>", "only here").action(within(documents));
  command(root, "remove <targets...>", "Take documents out of the index (path, folder, address or id); the files stay.", "lorekeep remove ~/Documents/old").action(within((session, targets: string[]) => remove(session, targets)));
  command(root, "retry [targets...]", "Read again what failed.", "lorekeep retry\nlorekeep retry secret.pdf --password hunter2")
    .option("--password <password>", "for encrypted files; kept in memory only").option("--no-wait", "return at once").action(within(retry));

  const models = command(root, "models", "The shelf of models and adapters.", "lorekeep models\nlorekeep models add llama.gguf\nlorekeep models catalogue");
  modelCommands(models, command, within);
  fineTuneCommands(models, command, within);

  const languages = command(root, "languages", "Languages in which text in scans and pictures is read.", "lorekeep languages\nlorekeep languages add French").action(within((session) => listLanguages(session)));
  command(languages, "add <language>", "Read pictures in this language too; its data are downloaded where they are not here.", "lorekeep languages add fra\nlorekeep languages add Spanish").action(within((session, wanted: string) => addLanguage(session, wanted)));
  command(languages, "remove <language>", "Read pictures in it no longer, and take downloaded data away.", "lorekeep languages remove fra").action(within((session, wanted: string) => removeLanguage(session, wanted)));

  command(root, "status", "What is there and what it is doing.", "lorekeep status").action(within((session) => status(session)));
  command(root, "serve", "The app in your browser, on this machine only.", "lorekeep serve\nlorekeep serve --port 7700 --open")
    .option("--port <number>", "0 takes a free one", integer, 0).option("--open", "open the browser").action(within((session, options: { port: number; open?: boolean }) => serveCommand(session, installation, options), "serve"));
  return root;
}

function modelCommands(models: Command, command: AddCommand, within: Within): void {
  models.action(within((session) => listModels(session)));
  command(models, "add <file>", "Put a GGUF model or adapter on the shelf.", "lorekeep models add ~/models/llama-3.2-3b-q4.gguf\nlorekeep models add tone-lora.gguf --copy").option("--copy", "copy it into the workspace").action(within(addModel));
  command(models, "remove <model>", "Take it off the shelf.", "lorekeep models remove llama-3.2-3b-q4").action(within((session, wanted: string) => removeModel(session, wanted)));
  result(command(models, "convert <folder>", "A trainer's adapter (PEFT folder) to GGUF, onto the shelf or to a file.", "lorekeep models convert ~/training/my-voice --base llama-3.2-3b-f16.gguf\nlorekeep models convert my-voice --base ~/hf/Llama-3.2-3B --output my-voice.gguf"))
    .option("--base <model>", "what it was trained for: a GGUF, a model of the shelf, or a Hugging Face folder").addOption(new Option("--type <type>", "how its numbers are kept").choices(convertTypes).default("as-stored")).action(within(convertAdapter));
  result(command(models, "merge <base> <adapters...>", "A base and adapters, each FILE or FILE:SCALE, to one model, onto the shelf or to a file.", "lorekeep models merge llama-3.2-3b-f16.gguf my-voice.gguf\nlorekeep models merge base.gguf tone.gguf:0.5 format.gguf --type Q8_0 --output mine.gguf"))
    .addOption(new Option("--type <type>", "how its weights are kept").choices(mergeTypes).default("as-base")).action(within(mergeModels));
  command(models, "catalogue", "Models known to work, to download.", "lorekeep models catalogue").action(within((session) => catalogue(session)));
  command(models, "download <what> [file]", "Download from the catalogue, or FILE from a repository.", "lorekeep models download smollm2-360m-instruct\nlorekeep models download owner/repo model-q4.gguf").action(within((session, what: string, file: string | undefined) => downloadModel(session, what, file)));
}

/** Where something that is made goes. */
function result(command: Command): Command {
  return command.option("--output <file>", "write this file instead of putting it on the shelf").option("--add", "with --output: also put it on the shelf, linked").option("--name <name>", "what it calls itself");
}

function fineTuneCommands(models: Command, command: AddCommand, within: Within): void {
  command(models, "check <fine-tune>", "Does an adapter or merged model fit its base, change anything, break anything? Exit codes: 0 fits, 10 changes nothing, 11 breaks the output, 12 for another base, 13 damaged.", "lorekeep models check tone-lora.gguf --base llama-3.2-3b-q4\nlorekeep models check tone-lora.gguf --base base.gguf --prompt \"Write to Mr. Fox\" --json")
    .option("--base <model>", "the model to hold it against; otherwise the one it is known to belong to").option("--scale <number>", "strength of an adapter, 0 to 2", number)
    .option("--prompt <text>", "a question of your own besides the general ones (repeatable)", collect, []).action(within(checkFineTune));
  command(models, "base <fine-tune> <model>", "Say which model an adapter or merged model was made from.", "lorekeep models base merged-v1 llama-3.2-3b-q4").action(within((session, wanted: string, base: string) => setBase(session, wanted, base)));
  command(models, "versions [name]", "Fine-tunes with their versions, scores and history.", "lorekeep models versions\nlorekeep models versions Tone").action(within((session, name: string | undefined) => listVersions(session, name)));
  command(models, "version <fine-tune>", "Make an adapter or merged model a version of a fine-tune.", 'lorekeep models version tone-v2.gguf --of Tone --notes "twice the letters"')
    .requiredOption("--of <name>", "the fine-tune; made if it is not there").option("--notes <text>", "what is new").action(within(addVersion));
  command(models, "promote <name> <version>", "Make a version the default. With --set its gate is run first: both versions answer the questions, and one that answers fewer is not promoted. Exit codes: 0 promoted, 14 stopped at the gate.", "lorekeep models promote Tone 2 --set Letters\nlorekeep models promote Tone 2 --set letters.jsonl --mode both --json\nlorekeep models promote Tone 2 --anyway")
    .option("--set <set>", "the questions: a set by its name, or a file").addOption(new Option("--mode <mode>", "where to ask them (default: as the questions expect it)").choices(["hybrid", "fine-tune", "both"]))
    .option("--base <model>", "the model the adapters stand on; otherwise the one each belongs to").option("--most <number>", "only the first so many questions", integer).option("--max-tokens <number>", "longest answer", integer)
    .option("--fresh", "start anew instead of going on with a gate that was stopped").option("--anyway", "although it did worse, or without a gate; this is recorded")
    .action(within((session, name: string, version: string, options: PromoteOptions) => promoteVersion(session, name, version, options)));
  command(models, "rollback <name>", "Make the default before the present one the default again.", "lorekeep models rollback Tone").action(within((session, name: string) => rollBack(session, name)));
}

/** --workspace and --json may stand before or after the command's name. */
function inherit(command: Command): Command {
  return command.option("--workspace <folder>", "folder that keeps everything").option("--store <place>", "where passages and vectors are kept").option("--json", "print exactly one JSON document on standard output").exitOverride();
}
