import type { DocumentFormat } from "../../contract/document.ts";

const CODE_EXTENSIONS = new Set(
  ("ts tsx mts cts js jsx mjs cjs py pyi rb php java kt kts scala groovy clj cljs c h cc cpp cxx hpp hh m mm cs fs fsx vb go rs swift dart lua pl pm r jl hs ml mli ex exs erl " +
    "sh bash zsh fish ps1 bat cmd sql graphql proto css scss sass less vue svelte astro tf hcl gradle cmake make mk dockerfile nix zig v sol asm s pas f90 f95 " +
    "yaml yml toml ini cfg conf properties env diff patch").split(" "),
);
const CODE_NAMES = /^(Makefile|Dockerfile|Jenkinsfile|Rakefile|Gemfile|CMakeLists\.txt|\.gitignore|\.editorconfig)$/;
const BY_EXTENSION: Readonly<Record<string, DocumentFormat>> = {
  md: "markdown", markdown: "markdown", mdx: "markdown", mkd: "markdown", csv: "csv", tsv: "tsv", tab: "tsv", eml: "eml", json: "json", geojson: "json",
  jsonl: "jsonl", ndjson: "jsonl", ipynb: "ipynb", html: "html", htm: "html", xhtml: "html", xml: "xml", rss: "xml", atom: "xml", rtf: "rtf",
};
const BY_MEDIA_TYPE: Readonly<Record<string, DocumentFormat>> = {
  "text/html": "html", "application/xhtml+xml": "html", "text/markdown": "markdown", "text/csv": "csv", "text/tab-separated-values": "tsv",
  "application/json": "json", "text/xml": "xml", "application/xml": "xml", "message/rfc822": "eml",
};
const MAIL_HEADER = /^(From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Delivered-To|X-[\w-]+|Content-Type):[ \t]/i;

/** Tells text formats apart: by what only one of them can begin with, then by name, then by the server's word, then by shape. */
export function sniffText(text: string, name: string, mediaType?: string): DocumentFormat {
  const head = text.slice(0, 4096).trimStart();
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const named = BY_EXTENSION[extension];
  const isCode = CODE_EXTENSIONS.has(extension) || CODE_NAMES.test(name);
  const certain = beginsLike(head, isCode);
  if (certain) return certain === "xml" && named === "html" ? "html" : certain;
  if (named && !contradicts(named, head)) return named === "json" ? jsonKind(text) : named;
  if (isCode || /^#!.*\b(sh|bash|python\d?|node|perl|ruby)\b/.test(head)) return "code";
  const said = BY_MEDIA_TYPE[mediaType?.split(";")[0]?.trim().toLowerCase() ?? ""];
  if (said && !contradicts(said, head)) return said === "json" ? jsonKind(text) : said;
  return byShape(text, head);
}

function beginsLike(head: string, isCode: boolean): DocumentFormat | undefined {
  if (head.startsWith("{\\rtf")) return "rtf";
  const withoutComments = head.replace(/^(\s*<!--[\s\S]*?-->)+\s*/, "");
  if (/^<!doctype html|^<html[\s>]/i.test(withoutComments)) return "html";
  if (/^<\?xml[\s\S]{0,400}?(<!doctype html|<html[\s>])/i.test(withoutComments)) return "html";
  if (/^<\?xml\s|^<rss[\s>]|^<feed[\s>]/i.test(withoutComments)) return "xml";
  return isCode ? undefined : looksLikeMail(head) ? "eml" : undefined;
}

/** A mail begins with header lines, at least three kinds of them, before the first empty line. */
function looksLikeMail(head: string): boolean {
  const lines = head.replace(/^From .*\n/, "").split(/\r?\n/);
  const end = lines.indexOf("");
  const headers = lines.slice(0, end < 0 ? undefined : end).filter((line) => !/^[ \t]/.test(line));
  if (!headers.every((line) => /^[\w-]+:/.test(line))) return false;
  return new Set(headers.map((line) => MAIL_HEADER.exec(line)?.[1]?.toLowerCase()).filter(Boolean)).size >= 3;
}

/** A name is not believed where the content cannot be that format. */
function contradicts(named: DocumentFormat, head: string): boolean {
  switch (named) {
    case "json":
    case "ipynb":
      return !/^[[{"\d\-tfn]/.test(head);
    case "jsonl":
      return !/^[[{"]/.test(head);
    case "html":
    case "xml":
      return !head.includes("<");
    case "rtf":
      return true;
    case "eml":
      return !/^[\w-]+:/m.test(head);
    default:
      return false;
  }
}

function byShape(text: string, head: string): DocumentFormat {
  if (/^[[{]/.test(head)) {
    const kind = parses(text) ? jsonKind(text) : looksLikeJsonLines(text) ? "jsonl" : undefined;
    if (kind) return kind;
  }
  if (/^<[a-z][\w:-]*[\s>]/i.test(head) && /<\/[a-z][\w:-]*>\s*$/i.test(text.slice(-200))) return /<(p|div|body|table|h[1-6]|br)[\s>]/i.test(head) ? "html" : "xml";
  if (/^#{1,6} \S/m.test(head) && /^(#{2,6} \S|[-*] \S|```|\[.+\]\(.+\))/m.test(head)) return "markdown";
  return "text";
}

function jsonKind(text: string): DocumentFormat {
  if (/^\s*\{/.test(text) && /"nbformat"\s*:/.test(text) && /"cells"\s*:/.test(text)) return "ipynb";
  return !parses(text) && looksLikeJsonLines(text) ? "jsonl" : "json";
}

function looksLikeJsonLines(text: string): boolean {
  const lines = text.slice(0, 1 << 20).split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 4);
  return lines.length > 1 && lines.slice(0, 3).every((line) => /^[[{]/.test(line) && parses(line));
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
