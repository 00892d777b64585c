/**
 * How often a scan is said to be "probably" in another language than it was read in, where it is and where it is not. Paragraphs drawn as a
 * page, clean and noisy, short and long, recognised by the processes the engine uses. English and German from XQuAD, the others from
 * scripts/bench/other-languages.ts.
 *   node scripts/run.mjs scripts/bench/language-alarms.ts [--paragraphs 12] [--save FILE | --from FILE] [--show]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { isoOf } from "../../engine/base/recognition-languages.ts";
import type { Block } from "../../engine/contract/document.ts";
import { defaultLimits } from "../../engine/ingest/limits.ts";
import { otherLanguage } from "../../engine/ingest/recognise/languages.ts";
import { withRecognised } from "../../engine/ingest/recognise/merge.ts";
import { Scanner } from "../../engine/ingest/recognise/scanner.ts";
import { createNodeWorkerHost } from "../../engine/workers/node-host.ts";
import { baselineOf, PAGE, scanOf } from "../../test/scanned.ts";
import { otherLanguages } from "./other-languages.ts";

const valueOf = (name: string) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? undefined : process.argv[at + 1]; };
const paragraphsEach = Number(valueOf("paragraphs") ?? 12);
const FONT = 11;
/** Letters and spaces of a page, in turn. */
const LENGTHS = [180, 300, 440] as const;
const LOOKS = { clean: { dpi: 150 }, noisy: { dpi: 150, noise: 50 } } as const;

interface Page { readonly language: string; readonly readWith: readonly string[]; readonly look: keyof typeof LOOKS; readonly length: number; readonly blocks: readonly Block[] }
interface Squad { readonly data: readonly { readonly paragraphs: readonly { readonly context: string }[] }[] }

function xquad(language: "en" | "de"): string[] {
  const squad = JSON.parse(readFileSync(join(process.env.LOREKEEP_TEST_DATA ?? "../shared", "data/xquad", `xquad.${language}.json`), "utf8")) as Squad;
  // One of each article, so that no subject counts twice.
  return squad.data.flatMap(({ paragraphs: [first] }) => first?.context ?? []).slice(0, paragraphsEach);
}

function wrap(text: string): string[] {
  const context = createCanvas(10, 10).getContext("2d");
  context.font = `${FONT}px serif`;
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && context.measureText(`${last} ${word}`).width <= PAGE.width - 130) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The part of a page with the lines on it: noise on empty paper costs time and says nothing. */
function drawn(lines: readonly string[], look: keyof typeof LOOKS) {
  const whole = scanOf(lines, { ...LOOKS[look], fontSize: FONT });
  const canvas = createCanvas(whole.width, Math.round((baselineOf(lines.length, FONT) / PAGE.height) * whole.height));
  canvas.getContext("2d").drawImage(whole, 0, 0);
  return canvas;
}

async function* recognised(): AsyncGenerator<Page> {
  const scratch = mkdtempSync(join(tmpdir(), "lorekeep-alarms-"));
  const scanner = new Scanner({ host: createNodeWorkerHost(resolve("out/workers")), limits: defaultLimits, workspace: scratch });
  const texts: [string, readonly string[], (readonly string[])[]][] = [
    ["eng", xquad("en"), [["eng", "deu"], ["eng"], ["deu"]]], ["deu", xquad("de"), [["eng", "deu"], ["deu"], ["eng"]]],
    ...Object.entries(otherLanguages).map(([language, paragraphs]): [string, readonly string[], (readonly string[])[]] => [language, paragraphs, [["eng", "deu"], ["eng"]]]),
  ];
  try {
    // One arrangement of languages after the other: a change of language loads data anew.
    for (const readWith of [["eng", "deu"], ["eng"], ["deu"]]) {
      for (const [language, paragraphs, arrangements] of texts) {
        if (!arrangements.some((one) => one.join() === readWith.join())) continue;
        for (const [i, paragraph] of paragraphs.entries()) {
          for (const look of ["clean", "noisy"] as const) {
            const length = LENGTHS[i % LENGTHS.length] ?? LENGTHS[0];
            const path = join(scratch, "page.png");
            const picture = drawn(wrap(paragraph.slice(0, length).replace(/\s\S*$/, "")), look);
            writeFileSync(path, await picture.encode("png"));
            const found = await scanner.scan({ file: path, name: path }, { page: 1 }, { page: { page: 1, width: PAGE.width, height: (PAGE.width * picture.height) / picture.width, hasText: false }, languages: readWith, signal: new AbortController().signal });
            const { blocks } = withRecognised({ format: "image", mediaType: "image/png", blocks: [], runs: [], pages: [], warnings: [] }, [{ picture: { page: 1 }, recognised: found }]);
            yield { language, readWith, look, length, blocks };
          }
        }
      }
    }
  } finally {
    scanner.dispose();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const percent = (part: number, whole: number) => (whole === 0 ? "–" : `${part} of ${whole}`);
const { from, save } = { from: valueOf("from"), save: valueOf("save") };
const pages: Page[] = [];
if (from !== undefined) pages.push(...(JSON.parse(readFileSync(from, "utf8")) as Page[]));
else {
  for await (const page of recognised()) {
    pages.push(page);
    if (save !== undefined) writeFileSync(save, JSON.stringify(pages));
  }
}

interface Row { pages: number; named: number; wrong: number; unnamed: number }
const rows = new Map<string, Row>();
for (const { language, readWith, look, length, blocks } of pages) {
  const warning = await otherLanguage(blocks, readWith);
  const isOther = !readWith.includes(language);
  const row = rows.get(`${isOther ? "other" : "own"} | ${language} | ${readWith.join("+")} | ${look}`) ?? { pages: 0, named: 0, wrong: 0, unnamed: 0 };
  rows.set(`${isOther ? "other" : "own"} | ${language} | ${readWith.join("+")} | ${look}`, row);
  row.pages++;
  if (warning && warning.language === undefined) row.unnamed++;
  else if (warning && isOther && warning.language !== undefined && isoOf(warning.language) === isoOf(language)) row.named++;
  else if (warning) row.wrong++;
  if (process.argv.includes("--show") && (warning !== undefined) !== isOther) console.log(`${language} with ${readWith.join("+")}, ${look}, ${length}: ${warning?.message ?? "nothing"} ${blocks.map(({ text }) => text).join(" ").slice(0, 160)}`);
}
console.log("| pages in | language | read with | scan | named | another named | “perhaps” |\n| --- | --- | --- | --- | --- | --- | --- |");
for (const [name, { pages: all, named, wrong, unnamed }] of rows) console.log(`| ${name} | ${percent(named, all)} | ${wrong} | ${unnamed} |`);
for (const kind of ["own", "other"]) {
  for (const look of ["clean", "noisy"]) {
    const chosen = [...rows].filter(([name]) => name.startsWith(`${kind} `) && name.endsWith(look)).map(([, row]) => row);
    const sum = (of: (row: Row) => number) => chosen.reduce((total, row) => total + of(row), 0);
    console.log(`${kind === "own" ? "false alarms" : "alarms where due"}, ${look}: ${sum(({ named, wrong, unnamed }) => named + wrong + unnamed)} of ${sum(({ pages: all }) => all)} (language right ${sum(({ named }) => named)})`);
  }
}
