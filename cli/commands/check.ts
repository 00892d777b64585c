import type { CheckReport, CheckVerdict } from "../../engine/contract/index.ts";
import { shelfId } from "../lookup.ts";
import type { Session } from "../session.ts";

export interface CheckOptions {
  readonly base?: string;
  readonly scale?: number;
  readonly prompt: readonly string[];
}

/** One exit code per verdict, beyond those every command has (0 done, 1 failed, 2 wrong usage). */
const CHECK_EXIT: Readonly<Record<CheckVerdict, number>> = { fits: 0, "changes-nothing": 10, "breaks-output": 11, "other-base": 12, damaged: 13 };

/** lorekeep models check FINE-TUNE --base MODEL: the health check, stage by stage. Sets the exit code by the verdict. */
export async function checkFineTune({ client, terminal, signal }: Session, wanted: string, options: CheckOptions): Promise<void> {
  const id = await shelfId(client, wanted);
  const baseId = options.base === undefined ? undefined : await shelfId(client, options.base, "model");
  const input = { id, prompts: [...options.prompt], ...(baseId === undefined ? {} : { baseId }), ...(options.scale === undefined ? {} : { scale: options.scale }) };
  for await (const event of await client.models.check(input, { signal })) {
    if (event.type === "stage") terminal.progress(event.total > 0 ? `${event.stage} ${event.done}/${event.total}` : event.stage);
    if (event.type === "finding") {
      terminal.endProgress();
      terminal.line(`${marks[event.finding.level]} ${event.finding.stage.padEnd(12)} ${event.finding.text}`);
    }
    if (event.type !== "done") continue;
    terminal.endProgress();
    for (const line of samples(event.report)) terminal.line(line);
    terminal.line(`\n${event.report.text}${event.report.next ? `\n${event.report.next}` : ""}`);
    terminal.result(event.report);
    process.exitCode = CHECK_EXIT[event.report.verdict];
  }
}

const marks = { ok: "✓", warning: "~", failure: "✗" } as const;
const short = (text: string) => { const line = text.trim().replace(/\s+/g, " "); return line.length > 100 ? `${line.slice(0, 99)}…` : line || "(nothing)"; };

function samples({ samples: all }: CheckReport): string[] {
  return all.flatMap(({ prompt, base, tuned, problem }) => ["", short(prompt), `  without  ${short(base)}`, `  with     ${short(tuned)}${problem ? `  (${problem})` : ""}`]);
}
