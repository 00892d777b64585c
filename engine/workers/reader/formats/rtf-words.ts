/** Destinations whose content is no text of the document. */
export const SKIPPED = new Set(
  ("colortbl pict object header headerl headerr headerf footer footerl footerr footerf fldinst filetbl revtbl rsidtbl listtable listoverridetable themedata " +
    "colorschememapping latentstyles datastore xmlnstbl generator mmathPr bkmkstart bkmkend listtext pntext pn xe tc nonshppict shppict annotation atnid atnauthor atnref comment keywords subject doccomm operator company category manager hlinkbase").split(" "),
);

/** Control words that stand for a character. */
export const CHARACTERS: Readonly<Record<string, string>> = {
  tab: " ", line: "\n", lquote: "‘", rquote: "’", ldblquote: "“", rdblquote: "”", bullet: "•", endash: "–", emdash: "—", enspace: " ", emspace: " ", qmspace: " ",
  "~": " ", _: "-", "-": "", "\\": "\\", "{": "{", "}": "}", zwj: "", zwnj: "", ltrmark: "", rtlmark: "",
};

/** Control words that end a paragraph. */
export const BREAKS = new Set(["par", "page", "sect", "column", "\n", "\r", "nestrow"]);

/** Windows code page of a font's \fcharset; 0 and 1 mean the document's own. */
export const CHARSETS: Readonly<Record<number, string>> = {
  77: "macintosh", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
  222: "cp874", 238: "cp1250", 254: "cp437",
};
