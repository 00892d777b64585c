import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultLimits } from "../../../engine/ingest/limits.ts";
import { Scanner } from "../../../engine/ingest/recognise/scanner.ts";
import { createRecognisingWorkers, wordsRead, type FakeDrawing, type RecognisingWorkers } from "../../fakes/recognising-workers.ts";

const SIDE = 600;
/** As many pixels at 250 to the inch as pages of this many points have. */
const WIDTH = Math.round((SIDE * 250) / 72);

describe("the direction in which a picture is read", () => {
  let workers: RecognisingWorkers;
  let scanner: Scanner;
  beforeEach(() => {
    workers = createRecognisingWorkers();
    scanner = new Scanner({ host: workers.host, limits: defaultLimits, workspace: "/nowhere" });
  });
  afterEach(() => scanner.dispose());
  const scanned = async (answer: (drawing: FakeDrawing & { isSmall: boolean }) => ReturnType<typeof wordsRead>, side = SIDE) => {
    const whole = Math.round((side * 250) / 72);
    workers.recognise = (drawing) => answer({ ...drawing, isSmall: drawing.width < whole });
    const page = { page: 1, width: side, height: side, hasText: false };
    const { paragraphs } = await scanner.scan({ file: "scan.pdf", name: "scan.pdf" }, { page: 1 }, { page, languages: ["eng"], signal: new AbortController().signal });
    return { words: paragraphs.flat(2), drawn: workers.drawn.map(({ turn, width }) => `${turn}${width < whole ? " small" : ""}`) };
  };

  it("is upright at once where that reads well", async () => {
    expect((await scanned(() => wordsRead(9, 0.95))).drawn).toEqual(["0"]);
    expect((await scanned(() => wordsRead(0, 0))).drawn).toEqual(["0", "0"]);
  });

  it("is upright for a noisy page whose smaller drawing is clear, and read in the one that says more", async () => {
    const { words, drawn } = await scanned(({ isSmall }) => wordsRead(isSmall ? 8 : 9, isSmall ? 0.9 : 0.5));
    expect(drawn).toEqual(["0", "0 small"]);
    expect(words.map(({ confidence }) => confidence)).toEqual(Array(8).fill(0.9));
    // Half as many pixels, the same place on the page.
    expect(words[0]?.rect.map(Math.round)).toEqual([20, 20, 100, 20].map((pixels) => Math.round((pixels * SIDE) / WIDTH)));
    workers.drawn.length = 0;
    expect((await scanned(({ isSmall }) => wordsRead(isSmall ? 4 : 9, isSmall ? 0.9 : 0.69))).words).toHaveLength(4);
  });

  it("is found with small drawings, and the page read whole in that one alone", async () => {
    const { words, drawn } = await scanned(({ turn, isSmall }) => (turn === 270 ? wordsRead(isSmall ? 8 : 9, 0.95) : wordsRead(2, 0.5)));
    expect(drawn).toEqual(["0", "0 small", "90 small", "270 small", "270"]);
    expect(words).toHaveLength(9);
    // Back on the page as it lies: the first word stands at the head of the right edge, and runs downwards.
    expect(words[0]?.rect.map(Math.round)).toEqual([WIDTH - 10 - 10, 10, 10, 50].map((pixels) => Math.round((pixels * SIDE) / WIDTH)));
  });

  it("stays as it is where another one is not clearly better, and all are tried where small drawings say nothing", async () => {
    const doubtful = await scanned(({ turn, isSmall }) => (isSmall ? wordsRead(turn === 90 ? 3 : 2, 0.75) : wordsRead(turn === 90 ? 3 : 4, 0.6)));
    expect(doubtful.drawn).toEqual(["0", "0 small", "90 small", "90"]);
    expect(doubtful.words).toHaveLength(4);
    workers.drawn.length = 0;
    expect((await scanned(({ turn, isSmall }) => wordsRead(isSmall ? 0 : 9, turn === 180 ? 0.95 : 0.5))).drawn).toEqual(["0", "0 small", "90 small", "270 small", "180 small", "90", "270", "180"]);
  });

  it("is looked for in the picture itself where that is small", async () => {
    expect((await scanned(({ turn }) => wordsRead(4, turn === 90 ? 0.95 : 0.5), 300)).drawn).toEqual(["0", "90"]);
  });
});
