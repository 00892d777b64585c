import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ReaderEvent } from "../../../engine/workers/reader/contract.ts";
import { extract } from "../../../engine/workers/reader/extract.ts";
import { pdf } from "../../fixtures/documents/build.ts";
import { extracted, limits, pathOf, refused, shapeOf } from "../../fixtures/documents/read.ts";

const prose = (topic: string) => `The story of ${topic} is told in the town by the river, where the harbour master keeps it in a green ledger. It is read aloud every spring, slowly, to whoever comes.`;

describe("HTML", () => {
  it("keeps the main content and its structure, not the menus", async () => {
    const html = `<html><head><title>Towns</title><meta name="author" content="Ada"></head><body><nav><a href=x>Home</a><a href=y>Menu</a></nav><main><h1>Towns</h1><p>${prose("Zordis")}</p>
      <ol start=3><li>pack<ul><li>socks</li></ul></li><li>go</li></ol><pre>a\n  b</pre><blockquote><p>said</p></blockquote>
      <table><thead><tr><th>town</th><th>height</th></tr></thead><tr><td>Zordis</td><td>996</td></tr><tr><td rowspan=2>Galkos</td><td>1</td></tr><tr><td>2</td></tr></table></main>
      <footer>Imprint</footer><script>alert(1)</script></body></html>`;
    const result = await extracted("t.html", html);
    expect(shapeOf(result)).toEqual([
      "heading1: Towns", `paragraph: ${prose("Zordis")}`, "list-item: 3. pack", "list-item: socks", "list-item: 4. go", "code: a\n  b", "quote: said",
      "table-row: town: Zordis, height: 996", "table-row: town: Galkos, height: 1", "table-row: town: Galkos, height: 2",
    ]);
    expect(result).toMatchObject({ title: "Towns", author: "Ada" });
  });

  it("finds an article among boxes that do not say what they are", async () => {
    const html = `<body><div class=menu><a href=1>One</a> <a href=2>Two</a></div><div id=story><h2>A walk</h2><p>${prose("a walk")}</p><p>${prose("the sea")}</p><p>${prose("the hill")}</p></div><div class="sidebar"><a href=3>Ads</a></div></body>`;
    const text = shapeOf(await extracted("a.html", html)).join("\n");
    expect(text).toContain(prose("the hill"));
    expect(text).not.toMatch(/Ads|Two/);
  });

  it("reads the whole body where little is there, and nothing hidden", async () => {
    expect(shapeOf(await extracted("s.html", "<html><body><div>One <b>bold</b> line</div><div style='display:none'>secret</div><p hidden>no</p>last</body></html>"))).toEqual(["paragraph: One bold line", "paragraph: last"]);
  });

  it("reads tables that only lay out a page as what is in them", async () => {
    expect(shapeOf(await extracted("l.html", "<html><table><tr><td><h1>T</h1><p>left</p></td><td><p>right</p></td></tr></table></html>"))).toEqual(["heading1: T", "paragraph: left", "paragraph: right"]);
  });
});

describe("Markdown", () => {
  it("reads front matter, lists, tables, code, footnotes, quotes and embedded HTML", async () => {
    const text = "---\ntitle: \"The Keep\"\nauthor: Ada\ndate: 2024-03-15\n---\n# One\n\nText with [a link](http://x) and `code`.[^1]\n\n> quoted\n\n1. first\n2. second\n   - inner\n\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet x;\n```\n\n<p>html</p>\n\n[^1]: The note.\n";
    const result = await extracted("k.md", text);
    expect(shapeOf(result)).toEqual([
      'record: title: "The Keep"\nauthor: Ada\ndate: 2024-03-15', "heading1: One", "paragraph: Text with a link and code.[1]", "quote: quoted", "list-item: 1. first", "list-item: 2. second", "list-item: inner",
      "list-item: [x] done", "table-row: a: 1, b: 2", "code: let x;", "paragraph: html", "footnote: [1] The note.",
    ]);
    expect(result).toMatchObject({ title: "The Keep", author: "Ada", created: "2024-03-15T00:00:00.000Z" });
  });
});

describe("plain text and code", () => {
  it("reads paragraphs, titles and lists", async () => {
    const text = "TOWN GUIDE\r\n\r\nA line that goes on and on until it is wrapped at\r\nthe margin of the page.\r\n\r\nBuy:\r\n- bread\r\n- milk and\r\n  honey\r\n\r\nAda Quill\r\n12 River Lane\r\n";
    expect(shapeOf(await extracted("t.txt", text))).toEqual([
      "heading1: TOWN GUIDE", "paragraph: A line that goes on and on until it is wrapped at the margin of the page.", "paragraph: Buy:", "list-item: - bread", "list-item: - milk and honey", "paragraph: Ada Quill\n12 River Lane",
    ]);
  });
  it("keeps functions whole", async () => {
    const code = "import x\n\ndef a():\n    one\n\n    two\n\ndef b():\n    pass\n";
    expect(shapeOf(await extracted("m.py", code))).toEqual(["code: import x", "code: def a():\n    one\n\n    two", "code: def b():\n    pass"]);
  });
});

describe("data", () => {
  it("writes JSON records as lines people can read", async () => {
    const people = { title: "People", list: [{ name: "Ada", tags: ["a", "b"], home: { town: "Zordis" } }, { name: "Bo", tags: [], home: null }] };
    const result = await extracted("p.json", JSON.stringify(people));
    expect(shapeOf(result)).toEqual(["record: title: People", "heading1: list", "record: name: Ada\ntags: a, b\nhome.town: Zordis", "record: name: Bo"]);
    expect(pathOf(result, "Bo")).toEqual(["list"]);
    expect(shapeOf(await extracted("p.jsonl", '{"a":1}\nnot json\n{"b":[{"c":2}]}\n'))).toEqual(["record: a: 1", "record: not json", "record: b.1.c: 2"]);
  });
  it("reads a feed entry by entry and other XML by its elements", async () => {
    const rss = "<rss><channel><title>News</title><item><title>One</title><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate><description>&lt;p&gt;Hello &lt;b&gt;you&lt;/b&gt;&lt;/p&gt;</description></item></channel></rss>";
    expect(shapeOf(await extracted("n.rss", rss))).toEqual(["heading1: News", "heading2: One", "record: date: Mon, 01 Jan 2024 00:00:00 GMT", "paragraph: Hello you"]);
    const catalogue = "<catalogue><book id='7'><name>Keep</name><price currency='EUR'>12</price></book><book id='8'><name>Lore</name><price>9</price></book></catalogue>";
    expect(shapeOf(await extracted("c.xml", catalogue))).toEqual(["heading1: catalogue", "record: id: 7\nname: Keep\nprice: 12, currency EUR", "record: id: 8\nname: Lore\nprice: 9"]);
  });
  it("reads notebooks with their outputs", async () => {
    const cells = [{ cell_type: "markdown", source: ["# T\n", "text"] }, { cell_type: "code", source: "1+1", outputs: [{ output_type: "execute_result", data: { "text/plain": ["2"] } }, { output_type: "stream", text: "\u001b[31mred\u001b[0m" }] }];
    expect(shapeOf(await extracted("n.ipynb", JSON.stringify({ nbformat: 4, cells })))).toEqual(["heading1: T", "paragraph: text", "code: 1+1", "code: 2", "code: red"]);
  });
});

describe("mail", () => {
  it("reads head, body and quotes, and names what was attached", async () => {
    const mail = 'From: Ada Quill <ada@example.org>\r\nTo: bo@example.org, "C" <c@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n' +
      "--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHallo zusammen, das =FCbliche Treffen ist am Montag im gro=DFen Saal.\r\n\r\n> was it Tuesday?\r\n\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nabc\r\n--x--\r\n";
    const result = await extracted("m.eml", mail);
    expect(shapeOf(result)).toEqual([
      "heading1: Grüße", "record: From: Ada Quill <ada@example.org>\nTo: bo@example.org, C <c@example.org>\nDate: 2024-01-01T09:00:00.000Z\nAttachments: plan.pdf",
      "paragraph: Hallo zusammen, das übliche Treffen ist am Montag im großen Saal.", "quote: was it Tuesday?",
    ]);
    expect(result.warnings).toEqual([{ code: "attachment-skipped", message: expect.stringContaining("plan.pdf") }]);
    expect(result).toMatchObject({ title: "Grüße", author: "Ada Quill <ada@example.org>", created: "2024-01-01T09:00:00.000Z" });
  });
});

describe("refusals", () => {
  const from = async (path: string, signal: AbortSignal): Promise<ReaderEvent[]> => {
    const events: ReaderEvent[] = [];
    for await (const event of extract({ path, limits }, signal)) events.push(event);
    return events;
  };

  it("tells a missing file from a folder", async () => {
    const { signal } = new AbortController();
    expect(await from("/nowhere/at/all.txt", signal)).toMatchObject([{ type: "refused", reason: { code: "missing" } }]);
    expect(await from(tmpdir(), signal)).toMatchObject([{ type: "refused", reason: { code: "unsupported" } }]);
  });

  it("stops when told to, which is no refusal", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lorekeep-stop-"));
    const path = join(folder, "long.pdf");
    await writeFile(path, pdf(Array.from({ length: 200 }, (_, i) => ({ text: [{ x: 20, y: 500, size: 10, text: `Page ${i}` }] }))));
    const stop = new AbortController();
    let pages = 0;
    const reading = (async () => {
      for await (const event of extract({ path, limits }, stop.signal)) {
        if (event.type === "progress") pages = event.done;
        stop.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(pages).toBeLessThan(200);
    await rm(folder, { recursive: true });
  });

  it("says what is missing or too large", async () => {
    expect(await refused("a.txt", "x".repeat(2000), { limits: { maxBytes: 1000 } })).toMatchObject({ code: "too-large" });
    expect(await refused("a.html", "<html><body><script>1</script></body></html>")).toMatchObject({ code: "no-text" });
  });
});
