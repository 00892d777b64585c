import * as reader from "@kenjiuno/msgreader";
import { decodeText } from "../encoding.ts";
import { corrupt } from "../refusal.ts";
import type { FormatReader } from "../source.ts";
import { readMail } from "./eml.ts";

/** Outlook's .msg. */
export const readMsg: FormatReader = ({ source, out }) => {
  const data = open(source.bytes);
  const recipients = (kind: string) => (data.recipients ?? []).filter((one) => (one.recipType ?? "to") === kind).map((one) => person(one.name, one.smtpAddress ?? one.email)).join(", ");
  const html = data.bodyHtml ?? (data.html ? decodeText(data.html, "utf-8")?.text : undefined);
  readMail(out, {
    subject: data.subject,
    from: person(data.senderName, data.senderSmtpAddress ?? data.senderEmail),
    to: recipients("to"), cc: recipients("cc"),
    date: data.messageDeliveryTime ?? data.clientSubmitTime ?? data.creationTime,
    text: data.body, html,
    attachments: (data.attachments ?? []).filter((one) => !one.attachmentHidden).map((one) => one.fileName ?? one.name ?? "attachment"),
  });
};

/** A CommonJS package with a default export: in Node its exports object is the default, and the class is the default of that. */
const MsgReader = (reader.default as unknown as { default: typeof reader.default }).default;

function open(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return new MsgReader(view).getFileData();
  } catch {
    throw corrupt("This Outlook message");
  }
}

/** Exchange writes internal addresses ("/O=...") that say nothing to a person. */
function person(name: string | undefined, address: string | undefined): string {
  const mail = address?.includes("@") ? address : undefined;
  return name && mail && name !== mail ? `${name} <${mail}>` : (mail ?? name ?? "");
}
