import { ChoiceSetting, NumberSetting, TextSetting } from "./controls.tsx";
import { useEditor } from "./editor.ts";
import { LanguagesRow } from "./LanguagesRow.tsx";
import { Group } from "./Row.tsx";

const lines = (text: string): string[] => [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];

export function IngestSection() {
  const { value: { ingest }, defaults: { ingest: fallback } } = useEditor();
  const defined = <T extends string>(name: T, value: number | undefined) => (value === undefined ? {} : { [name]: value });
  return (
    <Group>
      <NumberSetting field="ingest.maxFileMb" label="Largest file" unit="MB" hint="Larger files are listed as too large and not read. 500 by default; reading takes several times the size in memory." value={ingest.maxFileMb} fallback={fallback.maxFileMb} patch={(value) => ({ ingest: defined("maxFileMb", value) })} min={1} max={10000} />
      <NumberSetting field="ingest.readers" label="Files read side by side" hint="1 by default. More is faster on many cores and takes the memory of a process each." value={ingest.readers} fallback={fallback.readers} patch={(value) => ({ ingest: defined("readers", value) })} min={1} max={8} />
      <NumberSetting field="ingest.passageTokens" label="Passage length" unit="tokens" hint="128 by default, about 90 words. Shorter cites more exactly, longer keeps more of the context. Holds for what is read from now on." value={ingest.passageTokens} fallback={fallback.passageTokens} patch={(value) => ({ ingest: defined("passageTokens", value) })} min={32} max={250} />
      <ChoiceSetting<"auto" | "ask" | "off"> field="ingest.ocr" label="Text in scans and pictures" hint="Recognised in the background, after everything that has text of its own; a page takes seconds. By itself it asks first only before large amounts." value={ingest.ocr} fallback={fallback.ocr} patch={(ocr) => ({ ingest: { ocr } })}
        options={[{ value: "auto", label: "Recognise by itself" }, { value: "ask", label: "Ask first" }, { value: "off", label: "Leave unread" }]} />
      <LanguagesRow />
      <TextSetting field="ingest.languageRegistry" label="Registry of languages" hint="Where further languages come from when you add one; a mirror of the npm registry works too." value={ingest.languageRegistry} fallback={fallback.languageRegistry} patch={(text) => ({ ingest: { languageRegistry: text.trim() === "" ? fallback.languageRegistry : text.trim() } })} />
      <NumberSetting field="ingest.ocrAskAbove" label="Ask above" unit="pages" hint="200 by default: more pages than this waiting for recognition wait for your word, with the time they would take." value={ingest.ocrAskAbove} fallback={fallback.ocrAskAbove} patch={(value) => ({ ingest: defined("ocrAskAbove", value) })} min={0} max={1000000} />
      <NumberSetting field="ingest.ocrMaxPages" label="Pages per document" hint="2000 by default: pictures of one document beyond this stay unread." value={ingest.ocrMaxPages} fallback={fallback.ocrMaxPages} patch={(value) => ({ ingest: defined("ocrMaxPages", value) })} min={1} max={100000} />
      <TextSetting field="ingest.ignore" label="Left out" hint="Names of files and folders, one per line; * stands for anything. Holds for folders, not for files you add yourself." value={ingest.ignore.join("\n")} fallback={fallback.ignore.join("\n")} patch={(text) => ({ ingest: { ignore: lines(text) } })} lines={7} />
    </Group>
  );
}
