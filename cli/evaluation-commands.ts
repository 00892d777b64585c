import { Option, type Command } from "commander";
import { collect, integer, type AddCommand, type Within } from "./arguments.ts";
import { evalRetrieval, why } from "./commands/evaluate.ts";
import { evalCompare, evalReport, evalRuns } from "./commands/evaluate-report.ts";
import { evalRun } from "./commands/evaluate-run.ts";
import { exportSet, importSet, listSets } from "./commands/evaluate-sets.ts";

export function evaluationCommands(root: Command, command: AddCommand, within: Within): void {
  const evaluations = command(root, "eval", "Measure on questions with known answers.", "lorekeep eval run questions.jsonl --adapter tone.gguf\nlorekeep eval retrieval ~/beir/scifact");
  runCommands(evaluations, command, within);
  setCommands(evaluations, command, within);
  command(evaluations, "retrieval <path>", "How well the right passages are found, stage by stage. PATH: a BEIR folder, or question sets as JSON Lines {id, question, expectDocument?, expectPhrase?, unanswerable?}.", "lorekeep eval retrieval ~/beir/scifact\nlorekeep eval retrieval questions.jsonl --answers quotes --json")
    .option("--here", "BEIR: ask the open library instead of indexing the corpus apart").option("--collection <name>", "search only here (repeatable)", collect, [])
    .option("--depth <number>", "passages per leg", integer).option("--most <number>", "only the first so many questions", integer)
    .addOption(new Option("--answers <mode>", "also answer, and check the citations").choices(["quotes", "documents"])).action(within(evalRetrieval));
  command(root, "why <question>", "Why something was not found, from the file to the last cut, and what would bring it in.", 'lorekeep why "When does the lease end?" --expect "terminates on 31 March"\nlorekeep why "Who signed?" --file contract.pdf --try')
    .option("--expect <words>", "words that stand in what was expected").option("--file <path>", "the document that was expected: path, name or id")
    .option("--collection <name>", "search only here (repeatable)", collect, []).option("--private", "with private documents")
    .option("--candidates <number>", "instead of the setting", integer).option("--sources <number>", "instead of the setting", integer).option("--budget <tokens>", "tokens the sources may take", integer)
    .option("--try", "repeat the question with the change that helps").action(within(why));
}

function runCommands(evaluations: Command, command: AddCommand, within: Within): void {
  command(evaluations, "run <set>", "Every question through the corners: what each gets right, what it costs, and which one this work needs. SET: a question set, or a JSON Lines or CSV file. Goes on with an unfinished run; fails where a threshold is broken.", 'lorekeep eval run questions.csv --model llama.gguf --adapter tone.gguf --out report\nlorekeep eval run Contracts --corners documents --threshold "fact>=0.8" --threshold "p95Ms<=4000" --json\nlorekeep eval run Contracts --work changes=daily,citations=required,format=any,speed=seconds,examples=40')
    .option("--corners <names>", "of base, documents, fine-tune, hybrid (default: those there is a model for)").option("--model <model>", "name on the shelf, or a GGUF file").option("--adapter <file[:scale]>", "LoRA adapter with its scale, 0 to 2 (repeatable)", collect, [])
    .option("--enforce", "each corner once more with the set's JSON schema enforced by grammar").option("--judge <model>", "a local model that judges every answer, apart from the scores")
    .option("--collection <name>", "search only here (repeatable)", collect, []).option("--most <number>", "only the first so many questions", integer).option("--max-tokens <number>", "longest answer", integer).option("--seed <number>", "instead of 1", integer)
    .option("--threshold <limit>", "fact>=0.8, Hybrid:format>=0.95, p95Ms<=2000 (repeatable; default: the set's)", collect, []).option("--work <answers>", "what the work is like, for the recommendation: changes=…,citations=…,format=…,speed=…,examples=…")
    .option("--out <folder>", "write the report there as Markdown, HTML, CSV and JSON").option("--fresh", "start anew").action(within(evalRun));
  command(evaluations, "runs", "What was run here.", "lorekeep eval runs").action(within((session) => evalRuns(session)));
  command(evaluations, "report <run>", "The report of a run again: its id or the beginning of it, “last”, or a set's name.", "lorekeep eval report last --out report").option("--threshold <limit>", "as with run", collect, []).option("--work <answers>", "as with run").option("--out <folder>", "as with run").action(within(evalReport));
  command(evaluations, "compare <before> <after>", "Two runs question by question.", "lorekeep eval compare 3fa2 last").action(within((session, before: string, after: string) => evalCompare(session, before, after)));
}

function setCommands(evaluations: Command, command: AddCommand, within: Within): void {
  const sets = command(evaluations, "sets", "Question sets.", "lorekeep eval sets");
  sets.action(within((session) => listSets(session)));
  command(sets, "list", "The question sets of the workspace.", "lorekeep eval sets list").action(within((session) => listSets(session)));
  command(sets, "import <file>", "Questions from JSON Lines or CSV; lines that cannot be used are named, the others go in.", "lorekeep eval sets import questions.csv --name Contracts").option("--name <name>", "of the new set (default: the file's)").option("--into <set>", "into a set that is there").action(within(importSet));
  command(sets, "export <set> [file]", "As JSON Lines or CSV, by the file's ending; without a file to standard output.", "lorekeep eval sets export Contracts contracts.csv").action(within((session, wanted: string, file: string | undefined) => exportSet(session, wanted, file)));
}
