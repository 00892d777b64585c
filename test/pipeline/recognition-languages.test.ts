import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInLanguageFile } from "../../engine/workers/language-file.ts";
import { blockEngine } from "../block-engine.ts";
import { FakeRegistry, tgz } from "../fakes/registry-server.ts";
import { scanOf } from "../scanned.ts";

const FRENCH = [
  "Le gardien du phare tenait un journal et notait chaque soir l'état de la mer.",
  "Le trois mai, la lampe brûla onze litres d'huile de baleine pendant la nuit.",
  "Les visiteurs arrivèrent du continent dans une petite barque en bois.",
];
const ENGLISH = ["The keeper of the northern lighthouse wrote a daily journal, and noted", "every evening how the sea had been. On the third of May the lamp burned", "eleven litres of whale oil, more than in any other night of that year."];

describe("languages of text recognition, through the whole engine", () => {
  let registry: FakeRegistry;
  beforeAll(async () => { registry = await FakeRegistry.start(); });
  afterAll(() => registry.stop());
  const engine = blockEngine(({ client }) => client.settings.update({ ingest: { languageRegistry: registry.address } }));
  const added = async (name: string, lines: readonly string[]) => engine.add(name, await scanOf(lines, { dpi: 150 }).encode("png"));

  it("keeps the text of a scan in another language and says which it probably is; the download lets it be read anew", async () => {
    const document = await added("journal.png", FRENCH);
    expect(document).toMatchObject({ state: "indexed", warnings: [{ code: "other-language", language: "fra", message: "Probably French: its letters were read with English and German data." }] });
    // German data under another name: what is read with them is no matter here, that they are fetched, found and used is.
    registry.publish("fra", tgz([{ name: "package/4.0.0_best_int/fra.traineddata.gz", content: await readFile(builtInLanguageFile("deu") ?? "") }]));
    expect(await engine.client.languages.download({ code: "fra" })).toMatchObject({ name: "French", state: "installed", isUsed: true });
    expect((await engine.client.settings.get()).ingest.ocrLanguages).toEqual(["eng", "deu", "fra"]);
    await engine.client.documents.retry({ ids: [document.id] });
    await engine.client.queue.idle();
    expect(await engine.client.documents.get({ id: document.id })).toMatchObject({ state: "indexed", warnings: [], recognition: { state: "done", done: 1 } });
    await engine.client.languages.remove({ code: "fra" });
    expect((await engine.client.settings.get()).ingest.ocrLanguages).toEqual(["eng", "deu"]);
  });

  it("says nothing of a scan in a language it was read in", async () => {
    expect(await added("english.png", ENGLISH)).toMatchObject({ state: "indexed", warnings: [] });
  });

  it("says which data a document needs, and reads it after the download", async () => {
    await engine.client.settings.update({ ingest: { ocrLanguages: ["eng", "ita"] } });
    const document = await added("lettera.png", ["The letter came from Genoa."]);
    expect(document).toMatchObject({ state: "failed", reason: { code: "no-language-data", language: "ita", next: expect.stringMatching(/^Download Italian/) } });
    registry.publish("ita", tgz([{ name: "package/4.0.0_best_int/ita.traineddata.gz", content: await readFile(builtInLanguageFile("deu") ?? "") }]));
    await engine.client.languages.download({ code: "ita" });
    await engine.client.documents.retry({ ids: [document.id] });
    await engine.client.queue.idle();
    expect(await engine.client.documents.get({ id: document.id })).toMatchObject({ state: "indexed", recognition: { state: "done" } });
  });

  it("keeps at least one language, and takes no more than the settings hold", async () => {
    await engine.client.settings.update({ ingest: { ocrLanguages: ["eng"] } });
    await expect(engine.client.languages.remove({ code: "eng" })).rejects.toMatchObject({ code: "CONFLICT" });
    await engine.client.settings.update({ ingest: { ocrLanguages: ["eng", "deu", "spa", "por", "nld", "pol"] } });
    await expect(engine.client.languages.download({ code: "fra" })).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("6 languages") });
  });
});
