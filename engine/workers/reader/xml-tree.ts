import { DomUtils, parseDocument } from "htmlparser2";
import type { DomElement, DomNode } from "./html-blocks.ts";
import { flattenIfTooDeep } from "./markup-depth.ts";

/** XML without a DTD: entities of the file's own are never expanded, so a "billion laughs" stays a few bytes. */
export const parseXml = (xml: string) => parseDocument(flattenIfTooDeep(xml), { xmlMode: true, decodeEntities: true });

export const isElement = (node: DomNode): node is DomElement => "attribs" in node;
export const elements = (parent: { readonly children: readonly DomNode[] }): DomElement[] => parent.children.filter(isElement);

/** Name without its namespace prefix. */
export const localName = (element: DomElement): string => element.name.slice(element.name.indexOf(":") + 1);

/** All elements below with this qualified name, in document order. */
export const all = (root: { readonly children: DomNode[] }, name: string): DomElement[] => DomUtils.getElementsByTagName(name, root.children, true);

export const first = (root: { readonly children: DomNode[] }, name: string): DomElement | undefined => DomUtils.getElementsByTagName(name, root.children, true, 1)[0];

/** Target of each relationship of an OOXML part by its id, as paths inside the package. */
export function relationships(xml: string | undefined, folder: string): Map<string, { type: string; target: string }> {
  const found = new Map<string, { type: string; target: string }>();
  if (!xml) return found;
  for (const { attribs } of all(parseXml(xml), "Relationship")) {
    if (attribs.TargetMode === "External" || !attribs.Id || !attribs.Target) continue;
    found.set(attribs.Id, { type: (attribs.Type ?? "").split("/").pop() ?? "", target: resolvePath(folder, attribs.Target) });
  }
  return found;
}

/** A relative reference inside a package. */
export function resolvePath(folder: string, target: string): string {
  const parts = target.startsWith("/") ? [] : folder.split("/").filter(Boolean);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
