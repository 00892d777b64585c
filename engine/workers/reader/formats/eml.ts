import PostalMime from "postal-mime";
import type { DocumentBuilder } from "../blocks.ts";
import { readHtml } from "../html-blocks.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { readPlainText } from "./text.ts";

export interface Mail {
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cc?: string | undefined;
  readonly date?: string | undefined;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly attachments: readonly string[];
}

/** Mail as mail programs save it. */
export const readEml: FormatReader = async ({ source, out }) => {
  const mail = await PostalMime.parse(source.bytes, { maxNestingDepth: 64 }).catch(() => {
    throw corrupt("This mail");
  });
  const names = (list: readonly Address[] | undefined) => list?.flatMap(people).join(", ");
  readMail(out, {
    subject: mail.subject, from: mail.from ? people(mail.from).join(", ") : undefined, to: names(mail.to), cc: names(mail.cc), date: mail.date,
    text: mail.text, html: mail.html,
    // Pictures inside the message are no attachments of their own.
    attachments: mail.attachments.filter((one) => !one.related).map((one) => one.filename ?? one.mimeType),
  });
};

type Address = NonNullable<Awaited<ReturnType<typeof PostalMime.parse>>["from"]>;
const people = (address: Address): string[] => (address.group ? address.group : [address]).map(({ name, address: mail }) => (name && mail ? `${name} <${mail}>` : name || mail || ""));

/** Subject as heading, the head as a record, then the message; attachments are named and skipped. */
export function readMail(out: DocumentBuilder, mail: Mail): void {
  Object.assign(out.metadata, { title: mail.subject, author: mail.from, created: mail.date });
  out.heading(1, mail.subject ?? "");
  const head = [["From", mail.from], ["To", mail.to], ["Cc", mail.cc], ["Date", mail.date], ["Attachments", mail.attachments.join(", ")]];
  out.lines("record", head.filter(([, value]) => value).map(([key, value]) => `${key}: ${value}`).join("\n"));
  if (mail.text?.trim()) readText(out, mail.text);
  else if (mail.html) readHtml(out, mail.html, { headingShift: 1 });
  for (const name of mail.attachments) out.warn("attachment-skipped", `The attachment "${name}" was not read. Save it and add it by itself.`);
}

/** Lines that begin with ">" are what somebody else wrote before. */
function readText(out: DocumentBuilder, text: string): void {
  const isQuote = (line: string) => line.startsWith(">");
  let group: string[] = [];
  const flush = () => {
    const [first = ""] = group;
    if (isQuote(first)) for (const part of group.map((line) => line.replace(/^[>\s]+/, "")).join("\n").split(/\n\s*\n/)) out.text("quote", part);
    else readPlainText(out, group.join("\n"), { headings: false });
    group = [];
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    if (group.length > 0 && isQuote(line) !== isQuote(group[0] ?? "")) flush();
    group.push(line);
  }
  flush();
}
