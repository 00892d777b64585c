import { describe, expect, it } from "vitest";
import { check } from "../../../engine/answer/evidence/check.ts";
import { cite } from "../../../engine/answer/evidence/cite.ts";
import { passageOf, sourcesOf } from "../../fakes/sources.ts";

const towns = passageOf("In Galkos the river Zanhan turns to the west. A census of Galkos found 119 people.\nThe altitude of Krasil is 2028 metres. The mayor of Krasil is Dornis Rosson.", { documentId: "towns", range: { start: 100, end: 0 } });
const zordis = passageOf("The altitude of Zordis is 996 metres. It has 1,340 inhabitants. The ferry does not run when the wind is strong.", { documentId: "zordis", path: "/library/zordis.md" });
const products = passageOf("name: Loom Malson, price: 727 crowns, designer: Pernek Persek\nname: Boiler Velzak, price: 291 crowns, designer: Helvan Paltor", { documentId: "products", path: "/library/products.csv" });
const sources = sourcesOf(towns, zordis, products);

const one = async (answer: string, question = "") => {
  const [sentence] = await cite(answer, sources, { question });
  if (!sentence) throw new Error("no sentence");
  return sentence;
};

describe("cite", () => {
  it("finds the exact words in the document, with a marker or without one", async () => {
    for (const answer of ["The mayor of Krasil is Dornis Rosson [1].", "The mayor of Krasil is Dornis Rosson."]) {
      const { citations, supported } = await one(answer, "Who is the mayor of Krasil?");
      expect(supported).toBe(true);
      expect(citations[0]).toMatchObject({ source: 1, text: "The mayor of Krasil is Dornis Rosson.", marked: answer.includes("[1]") });
      const { range, text } = citations[0]!;
      expect(towns.text.slice(range.start - 100, range.end - 100)).toBe(text);
    }
  });

  it("supports what is said in other words when the facts are the same", async () => {
    expect((await one("Galkos has 119 inhabitants.", "How many people live in Galkos?")).supported).toBe(true);
    expect((await one("Zordis has 1340 inhabitants.", "How big is Zordis?")).citations[0]?.text).toBe("It has 1,340 inhabitants.");
  });

  it.each([
    ["a wrong number", "The altitude of Krasil is 2082 metres.", "How high is Krasil?"],
    ["another town's number", "The altitude of Krasil is 996 metres.", "How high is Krasil?"],
    ["a wrong name", "The mayor of Krasil is Dornis Rossen.", "Who is the mayor of Krasil?"],
    ["another row's value", "The designer of Loom Malson is Helvan Paltor [3].", "Who designed Loom Malson?"],
    ["a word that stands nowhere", "The altitude of Krasil is enormous.", "What is the altitude of Krasil?"],
    ["a turned statement", "The ferry runs when the wind is strong.", "Does the ferry run in strong wind?"],
  ])("does not support %s", async (_, answer, question) => {
    expect((await one(answer, question)).supported).toBe(false);
  });

  describe("a sentence that says nearly the same, but otherwise", () => {
    const patents = passageOf("In 1900, Tesla was granted patents for a system of transmitting electrical energy. When Marconi sent his radio signal across the ocean in 1901, Tesla was not amused.", { documentId: "patents" });
    const schools = passageOf("Private Schulen werden in Hessen von der Familie Frobel geleitet und vom Staat nicht bezahlt, aber streng geprüft.", { documentId: "schools" });
    const judged = async (answer: string, source: typeof patents) => {
      const [sentence] = await cite(answer, sourcesOf(source), { question: "" });
      return sentence;
    };

    it.each([
      ["another year, though it stands nearby", "In 1901, Tesla was granted patents for a system of transmitting electrical energy.", patents],
      ["turned, though the next sentence denies something else", "In 1900, Tesla was not granted patents for a system of transmitting electrical energy.", patents],
      ["another name where every noun has a capital", "Private Schulen werden in Hessen von der Familie Montessori geleitet und vom Staat nicht bezahlt, aber streng geprüft.", schools],
    ])("is shown and does not support: %s", async (_, answer, source) => {
      const sentence = await judged(answer, source);
      expect(sentence).toMatchObject({ supported: false });
      expect(sentence?.citations[0]?.text).toBe(source.text.slice(0, sentence?.citations[0]?.text.length));
    });

    it("is not seen where it agrees, or where what it denies comes after", async () => {
      expect(await judged("In 1900, Tesla was granted patents for a system of transmitting energy.", patents)).toMatchObject({ supported: true });
      const opened = passageOf("The bridge of Malvern was opened in 1890, but not to the public.", { documentId: "bridge" });
      expect(await judged("The bridge of Malvern was opened in 1890.", opened)).toMatchObject({ supported: true });
      expect(await judged("The bridge of Malvern was not opened in 1890.", opened)).toMatchObject({ supported: false });
    });
  });

  it("rests a sentence with two facts on both sentences", async () => {
    const { supported, citations } = await one("Krasil lies at 2028 metres, and its mayor is Dornis Rosson.", "Tell me about Krasil.");
    expect(supported).toBe(true);
    expect(citations.map((citation) => citation.text)).toEqual(expect.arrayContaining(["The altitude of Krasil is 2028 metres.", "The mayor of Krasil is Dornis Rosson."]));
  });

  it("leads a wrong marker's click somewhere and says that it is wrong", async () => {
    const [flagged] = check([await one("The mayor of Krasil is Dornis Rosson [2].", "Who is the mayor?")], { grounded: true, rules: [], sources: [1, 2, 3] });
    expect(flagged).toMatchObject({ supported: true, flags: ["wrong-marker"] });
  });

  it("takes the values of a JSON answer as sentences and its source as marker", async () => {
    const answer = '{"answer": "The mayor of Krasil is Dornis Rosson.", "source": 1, "confidence": "high"}';
    const sentences = await cite(answer, sources, { question: "Who is the mayor of Krasil?" });
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatchObject({ supported: true, citations: [{ source: 1, marked: true }] });
    expect(answer.slice(sentences[0]!.range.start, sentences[0]!.range.end)).toBe("The mayor of Krasil is Dornis Rosson.");
  });

  describe("a JSON answer", () => {
    const judged = async (answer: string, { grounded = true, question = "Who is the mayor of Krasil?" } = {}) =>
      check(await cite(answer, grounded ? sources : [], { question }), { grounded, rules: [], sources: grounded ? [1, 2, 3] : [] });
    const mayor = "The mayor of Krasil is Dornis Rosson";

    it.each(["7", '"7"', '"[7]"', '"Source 7"', "[1, 7]", '{"number": 7}'])("that names %s as its source says that this is wrong: there is no source 7", async (source) => {
      const [sentence] = await judged(`{"answer": "${mayor}.", "source": ${source}}`);
      expect(sentence).toMatchObject({ supported: true, named: source === "[1, 7]" ? [1, 7] : [7], flags: ["wrong-marker"] });
    });

    it("that names a source that says nothing of it, while another does, says so", async () => {
      expect((await judged(`{"answer": "${mayor}.", "source_id": 3}`))[0]?.flags).toEqual(["wrong-marker"]);
      expect((await judged(`{"answer": "${mayor}.", "source": 1}`))[0]).toMatchObject({ named: [1], flags: [] });
      expect((await judged(`{"answer": "${mayor}."}`))[0]).not.toHaveProperty("named");
    });

    it("names sources where there are none: wrong in JSON; in prose, brackets may be anything", async () => {
      expect((await judged(`{"answer": "${mayor}.", "source": 2}`, { grounded: false }))[0]?.flags).toEqual(["wrong-marker"]);
      expect((await judged("The interval is [1, 2].", { grounded: false }))[0]?.flags).toEqual([]);
      expect((await judged('{"answer": "The interval is [1, 2]."}', { grounded: false }))[0]?.flags).toEqual([]);
    });

    it("gives each statement the sources of its own object, else those around it", async () => {
      const two = `[{"fact": "${mayor}.", "source": 1}, {"fact": "The altitude of Zordis is 996 metres.", "source": 2}]`;
      expect((await judged(two)).map(({ named, flags }) => [named, flags])).toEqual([[[1], []], [[2], []]]);
      expect((await judged(`{"answer": "${mayor}.", "citations": [{"source": 1, "quote": "${mayor}."}]}`)).map(({ named }) => named)).toEqual([[1], [1]]);
      expect((await judged(`{"facts": [{"fact": "${mayor}."}, {"fact": "It lies at 2028 metres.", "source": 3}], "source": 1}`)).map(({ named }) => named)).toEqual([[1], [3]]);
    });

    it("may carry its marks in the words: they are no part of what is said", async () => {
      expect((await judged(`{"answer": "${mayor} [1]."}`))[0]).toMatchObject({ supported: true, named: [1], citations: [{ source: 1, marked: true }], flags: [] });
    });
  });

  it("asks the meaning where the words differ, and only then", async () => {
    const asked: string[] = [];
    const embed = async (texts: readonly string[]) => texts.map((text) => {
      asked.push(text);
      return /boat|ferry/i.test(text) ? Float32Array.of(1, 0) : Float32Array.of(0, 1);
    });
    const [open] = await cite("Crossings by boat are cancelled in a storm and not otherwise.", sources, { question: "When are there no crossings?", embed });
    expect(open).toMatchObject({ supported: true, citations: [{ text: "The ferry does not run when the wind is strong." }] });
    asked.length = 0;
    await cite("The mayor of Krasil is Dornis Rosson.", sources, { question: "Who is the mayor?", embed });
    expect(asked).toEqual([]);
  });

  it.each(["# Towns", "I don't know from these documents.", "The sources do not say who founded it.", "Hello!", "Would you like more?", "Here is what I found:",
    "I don't have enough information to answer this question.", "I'm sorry, but I do not have access to that information.", "There is no information about its founder.", "Unfortunately, no details are given.", "Not specified.", "Unknown", "N/A", "I'm not sure.",
    "Dazu habe ich keine Informationen.", "Je n'ai pas trouvé la réponse.", "No hay información sobre ello."])("makes no claim of %s", async (text) => {
    expect(await one(text)).toMatchObject({ claim: false, supported: false, citations: [] });
  });

  it.each(["The mayor does not have a deputy.", "We do not have data centres in Asia.", "No data was lost in the storm.", "Krasil is unknown to tourists.", "The clerk was not sure of the way.", "The name of the ferry is not given to strangers."])("makes a claim of %s", async (text) => {
    expect(await one(text)).toMatchObject({ claim: true });
  });

  it("gives a mark on its own line to the sentence before", async () => {
    const sentences = await cite("The mayor of Krasil is Dornis Rosson.\n[1]", sources, { question: "" });
    expect(sentences).toHaveLength(1);
    expect(sentences[0]?.citations[0]?.marked).toBe(true);
  });
});
