/**
 * The languages in which text can be recognised, by the names that Tesseract's data files have, each with its ISO 639-1 code (or the nearest
 * longer tag). Source: the language list of tesseract.js; each is a package @tesseract.js-data/<code>.
 */
const TAGS = `afr:af amh:am ara:ar asm:as aze:az aze_cyrl:az-Cyrl bel:be ben:bn bod:bo bos:bs bul:bg cat:ca ceb:ceb ces:cs chi_sim:zh-Hans chi_tra:zh-Hant
  chr:chr cym:cy dan:da deu:de dzo:dz ell:el eng:en enm:enm epo:eo est:et eus:eu fas:fa fin:fi fra:fr frm:frm gle:ga glg:gl grc:grc guj:gu hat:ht heb:he
  hin:hi hrv:hr hun:hu iku:iu ind:id isl:is ita:it jav:jv jpn:ja kan:kn kat:ka kaz:kk khm:km kir:ky kor:ko kur:ku lao:lo lat:la lav:lv lit:lt mal:ml mar:mr
  mkd:mk mlt:mt msa:ms mya:my nep:ne nld:nl nor:no ori:or pan:pa pol:pl por:pt pus:ps ron:ro rus:ru san:sa sin:si slk:sk slv:sl spa:es sqi:sq srp:sr
  srp_latn:sr-Latn swa:sw swe:sv syr:syr tam:ta tel:te tgk:tg tgl:tl tha:th tir:ti tur:tr uig:ug ukr:uk urd:ur uzb:uz uzb_cyrl:uz-Cyrl vie:vi yid:yi`;

const tags = new Map(TAGS.split(/\s+/).map((pair): [string, string] => {
  const [code = "", tag = ""] = pair.split(":");
  return [code, tag];
}));
const names = new Intl.DisplayNames(["en"], { type: "language" });

/** Every language there is data for, as Tesseract names them. */
export const recognitionLanguageCodes: readonly string[] = [...tags.keys()];

/** "French" for "fra"; a code that is not in the list stands for itself. */
export function languageName(code: string): string {
  const tag = tags.get(code);
  return (tag && names.of(tag)) ?? code;
}

/** "English and German". */
export const languageNames = (codes: readonly string[]): string => new Intl.ListFormat("en").format(codes.map(languageName));

/** ISO 639-1 code of a language as Tesseract names it, without its script; undefined where it has none. */
export function isoOf(code: string): string | undefined {
  const [iso] = tags.get(code)?.split("-") ?? [];
  return iso?.length === 2 ? iso : undefined;
}

/** The language as Tesseract names it, of an ISO 639-1 code; where it is written in several scripts, the commonest. */
export function codeOfIso(iso: string): string | undefined {
  return recognitionLanguageCodes.find((code) => isoOf(code) === iso);
}
